function Test-QrCodeSupport {
    # Returns whether the console can show a QR code: it is not redirected, is wide enough, and can encode block characters.
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
