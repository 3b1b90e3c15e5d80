function Write-ShimNotice {
    # What the shim says while it works, in the stream where it belongs.
    param($Cmdlet, [string] $Method, $Said)

    if ($Method -eq 'signIn') {
        $how = 'To sign in, go to:'
        if ($Said.isOpened) { $how = 'Sign in, in the browser. If none opens, go to:' }
        Write-HostText $Cmdlet "$how`n  $($Said.url)"
        Write-ShimProgress $Cmdlet 'Connect-Okta' 'Waiting for the sign-in in the browser. Ctrl+C gives up.'
    }
    elseif ($Method -eq 'deviceCode') {
        $until = [System.DateTimeOffset]::FromUnixTimeMilliseconds($Said.expiresAt).ToLocalTime().ToString('t')
        $text = "To sign in, go to $($Said.verificationUri)`nand enter the code $($Said.userCode) (good until $until)."
        if ($Said.verificationUriComplete) { $text += "`nOr open $($Said.verificationUriComplete)" }
        if ($Said.drawing -and (Test-ConsoleDrawing $Cmdlet $Said.drawing)) { $text += "`nOr scan:`n$($Said.drawing)" }
        Write-HostText $Cmdlet $text
        Write-ShimProgress $Cmdlet 'Connect-Okta' 'Waiting for the sign-in on another device. Ctrl+C gives up.'
    }
    elseif ($Method -eq 'finding') {
        $Cmdlet.WriteObject((ConvertTo-OktaFinding $Said))
    }
    elseif ($Said.code -eq 'retrying') {
        $Cmdlet.WriteVerbose($Said.message)
        Write-ShimProgress $Cmdlet $Cmdlet.MyInvocation.MyCommand.Name $Said.message
    }
    elseif ($Said.code -eq 'waiting') {
        Write-HostText $Cmdlet $Said.message
        Write-ShimProgress $Cmdlet $Cmdlet.MyInvocation.MyCommand.Name $Said.message
    }
    else {
        $Cmdlet.WriteWarning($Said.message)
    }
}
