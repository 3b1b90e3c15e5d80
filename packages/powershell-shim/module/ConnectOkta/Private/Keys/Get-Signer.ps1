function Get-Signer {
    # Returns the key of -Certificate, -CertificateThumbprint or -SigningKey with what the Node process needs to know of it: see
    # src/sessions/module-signers.ts. Returns nothing if there is none. Removes the parameters, because an error record contains those of
    # its cmdlet. With -Public, a certificate needs no private key.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Bound, [switch] $Public)

    $given = @('Certificate', 'CertificateThumbprint', 'SigningKey' | Where-Object { $Bound.ContainsKey($_) })
    if ($given.Count -eq 0) { return }
    if ($given.Count -gt 1) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-$($given[0]) and -$($given[1]) cannot be used together." `
                    -Hint 'Use one of them.' -ParameterName $given[1]))
    }
    $name = $given[0]
    $value = $Bound[$name]
    foreach ($one in 'Certificate', 'SigningKey') { $null = $Bound.Remove($one) }
    if ($name -ceq 'CertificateThumbprint') { $value = Find-Certificate -Cmdlet $Cmdlet -Thumbprint $value }
    if ($name -cne 'SigningKey') { $value = Get-CertificateKey -Cmdlet $Cmdlet -Certificate $value -ParameterName $name -Public:$Public }
    return New-Signer -Cmdlet $Cmdlet -Key $value -ParameterName $name
}
