function Test-QrCodeSupport {
    # Returns whether a console can show a QR code of block characters: it is not redirected, wide enough, and can encode them.
    param([System.Management.Automation.Host.PSHostUserInterface] $UserInterface, [string] $QrCode)

    try {
        if ([System.Console]::IsOutputRedirected) { return $false }
        if ($QrCode.IndexOf([char] 10) -ge $UserInterface.RawUI.WindowSize.Width) { return $false }
        $encoding = [System.Console]::OutputEncoding
        return $encoding.GetString($encoding.GetBytes($QrCode)) -ceq $QrCode
    }
    catch {
        # A host without a console.
        return $false
    }
}
