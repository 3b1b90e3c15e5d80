function New-CertificateTypeErrorRecord {
    # The error for a -Certificate that is not one certificate.
    param([object] $Value)

    $message = '-Certificate is not a certificate.'
    $hint = 'Use Get-Item Cert:\CurrentUser\My\THUMBPRINT, or Get-PfxCertificate app.pfx.'
    if ($Value -is [System.Collections.IList]) {
        $message = "-Certificate has $($Value.Count) certificates."
        $hint = 'Select one, such as with Where-Object Thumbprint -eq THUMBPRINT.'
    }
    elseif ($Value -is [string]) {
        $message = '-Certificate is text, not a certificate.'
        $hint = 'Load the certificate: Get-Item Cert:\CurrentUser\My\THUMBPRINT, or Get-PfxCertificate app.pfx. For a thumbprint, use -CertificateThumbprint.'
    }
    return New-KeyErrorRecord -Message $message -Hint $hint -ParameterName 'Certificate'
}
