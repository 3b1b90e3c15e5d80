function Test-ConsoleDrawing {
    # Whether a console shows a drawing of block characters: somebody looks at it, it is wide enough and has them.
    param($Cmdlet, [string] $Drawing)

    try {
        if ([System.Console]::IsOutputRedirected) { return $false }
        $size = $Cmdlet.Host.UI.RawUI.WindowSize
        if ($Drawing.IndexOf([char] 10) -ge $size.Width) { return $false }
        $encoding = [System.Console]::OutputEncoding
        return $encoding.GetString($encoding.GetBytes($Drawing)) -ceq $Drawing
    }
    catch {
        # A host without a console.
        return $false
    }
}
