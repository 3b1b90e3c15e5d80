function Get-CertificateCompletion {
    # Completes a thumbprint with the certificates in the personal stores that have a private key.
    param([string] $Word)

    $start = $Word.Trim("'", '"')
    $certificates = foreach ($location in 'CurrentUser', 'LocalMachine') { Get-PersonalCertificate -Location $location }
    foreach ($thumbprint in $certificates | Where-Object { $_.HasPrivateKey } | ForEach-Object { $_.Thumbprint } | Select-Object -Unique) {
        if (-not $thumbprint.StartsWith($start, [System.StringComparison]::OrdinalIgnoreCase)) { continue }
        $found = @($certificates | Where-Object { $_.Thumbprint -ceq $thumbprint })[0]
        $text = ConvertTo-EscapedText -Text "$($found.Subject), until $($found.NotAfter.ToString('d'))"
        [System.Management.Automation.CompletionResult]::new($thumbprint, "$thumbprint $text", 'ParameterValue', $text)
    }
}
