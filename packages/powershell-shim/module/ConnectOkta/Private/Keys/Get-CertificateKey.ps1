function Get-CertificateKey {
    # Returns the private key of a certificate as an RSA or ECDsa object, which uses the key where it is stored, or the public key. Throws an
    # error if there is none. Warns if the certificate is expired.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [object] $Certificate, [string] $ParameterName, [switch] $Public)

    if ($Certificate -is [System.Collections.IList] -and $Certificate.Count -eq 1) { $Certificate = $Certificate[0] }
    if ($Certificate -isnot [System.Security.Cryptography.X509Certificates.X509Certificate2]) {
        $Cmdlet.ThrowTerminatingError((New-CertificateTypeErrorRecord -Value $Certificate))
    }
    try {
        $hasKey = $Public -or $Certificate.HasPrivateKey
        if ($Public) {
            $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($Certificate)
            if ($null -eq $key) { $key = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPublicKey($Certificate) }
        }
        else {
            $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
            if ($null -eq $key) { $key = [System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions]::GetECDsaPrivateKey($Certificate) }
        }
    }
    catch {
        $cause = Get-CauseText -Exception $_.Exception
        $Cmdlet.ThrowTerminatingError((New-KeyErrorRecord -Message "The key of the certificate cannot be opened: $cause." `
                -Hint ('Check that the certificate was not disposed, and that this user may use its private key. For a certificate of the machine: ' +
                'run PowerShell as administrator, or in certlm.msc choose All Tasks > Manage Private Keys.') -ParameterName $ParameterName))
    }
    if (-not $hasKey) {
        $Cmdlet.ThrowTerminatingError((New-KeyErrorRecord -Message 'The certificate has no private key on this machine.' `
                -Hint ('Import it with its private key: Import-PfxCertificate app.pfx -CertStoreLocation Cert:\CurrentUser\My. In Start-Job and ' +
                'on remote machines, use -CertificateThumbprint.') -ParameterName $ParameterName))
    }
    if ($null -eq $key) {
        $oid = $Certificate.PublicKey.Oid
        $type = @($oid.FriendlyName, $oid.Value | Where-Object { $_ })[0]
        $Cmdlet.ThrowTerminatingError((New-KeyErrorRecord -Message "Okta does not accept the type of the key of the certificate: $type." `
                -Hint $script:KeyTypeHint -ParameterName $ParameterName))
    }
    $now = [datetime]::UtcNow
    $state = ''
    if ($Certificate.NotAfter.ToUniversalTime() -lt $now) { $state = "expired on $($Certificate.NotAfter.ToString('d'))" }
    elseif ($Certificate.NotBefore.ToUniversalTime() -gt $now) { $state = "is not valid before $($Certificate.NotBefore.ToString('d'))" }
    if ($state) { $Cmdlet.WriteWarning("The certificate $state. Connect-Okta can still use it, because Okta checks only its key.") }
    return $key
}
