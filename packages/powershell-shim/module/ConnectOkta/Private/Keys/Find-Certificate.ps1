function Find-Certificate {
    # Returns the certificate with a thumbprint from the personal stores, as Connect-MgGraph does: first of the user, then of the machine.
    # Prefers one with a private key. Throws an error if there is none.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Thumbprint)

    # The certificate dialog of Windows shows the thumbprint with spaces, and copies an invisible character before it.
    $digits = $Thumbprint -creplace '[\s:\p{Cf}]', ''
    if ($digits -cnotmatch '^[0-9A-Fa-f]{40}$') {
        $Cmdlet.ThrowTerminatingError((New-KeyErrorRecord -Message '-CertificateThumbprint is not a thumbprint, which has 40 hexadecimal digits.' `
                -Hint 'List the thumbprints: Get-ChildItem Cert:\CurrentUser\My. A SHA-256 fingerprint is not the thumbprint.' `
                -ParameterName 'CertificateThumbprint'))
    }
    $certificates = @(foreach ($location in 'CurrentUser', 'LocalMachine') {
            foreach ($found in Get-PersonalCertificate -Location $location) {
                if ($found.Thumbprint -eq $digits) { [pscustomobject] @{ Location = $location; Certificate = $found } }
            }
        })
    if ($certificates.Count -eq 0) {
        $Cmdlet.ThrowTerminatingError((New-KeyErrorRecord -Message "No certificate with the thumbprint $digits is in CurrentUser\My or LocalMachine\My." `
                -Hint 'List the certificates: Get-ChildItem Cert:\CurrentUser\My, Cert:\LocalMachine\My. Import a PFX file with Import-PfxCertificate.' `
                -ParameterName 'CertificateThumbprint'))
    }
    $chosen = @(@($certificates | Where-Object { $_.Certificate.HasPrivateKey }) + $certificates)[0]
    $subject = ConvertTo-EscapedText -Text $chosen.Certificate.Subject
    $Cmdlet.WriteVerbose("Using the certificate $subject in $($chosen.Location)\My.")
    return $chosen.Certificate
}
