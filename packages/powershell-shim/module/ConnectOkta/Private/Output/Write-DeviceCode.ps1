function Write-DeviceCode {
    # Shows the address and the code for a sign-in on another device (RFC 8628, section 3.3).
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $DeviceCode)

    $until = [System.DateTimeOffset]::FromUnixTimeMilliseconds($DeviceCode.expiresAt).ToLocalTime().ToString('t')
    $text = "To sign in, go to $($DeviceCode.verificationUri)`nand enter the code $($DeviceCode.userCode) (valid until $until)."
    if ($DeviceCode.verificationUriComplete) { $text += "`nOr open $($DeviceCode.verificationUriComplete)" }
    if ($DeviceCode.qrCode -and (Test-QrCodeSupport -UserInterface $Cmdlet.Host.UI -QrCode $DeviceCode.qrCode)) {
        $text += "`nOr scan:`n$($DeviceCode.qrCode)"
    }
    Write-HostText -Cmdlet $Cmdlet -Text $text
    $status = 'Sign in on another device. Press Ctrl+C to cancel.'
    Write-OktaProgress -Cmdlet $Cmdlet -Activity 'Connect-Okta' -Status $status
}
