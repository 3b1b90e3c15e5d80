function Write-DeviceCode {
    # Where to sign in on another device, and with which code (RFC 8628, 3.3).
    param($Cmdlet, $Said)

    $until = [System.DateTimeOffset]::FromUnixTimeMilliseconds($Said.expiresAt).ToLocalTime().ToString('t')
    $text = "To sign in, go to $($Said.verificationUri)`nand enter the code $($Said.userCode) (good until $until)."
    if ($Said.verificationUriComplete) { $text += "`nOr open $($Said.verificationUriComplete)" }
    if ($Said.drawing -and (Test-ConsoleDrawing $Cmdlet $Said.drawing)) { $text += "`nOr scan:`n$($Said.drawing)" }
    Write-HostText $Cmdlet $text
    Write-ShimProgress $Cmdlet 'Connect-Okta' 'Waiting for the sign-in on another device. Ctrl+C gives up.'
}
