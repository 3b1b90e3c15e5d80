function New-ObjectErrorRecord {
    # The error for a text parameter that was given an object.
    param([string] $ParameterName, [string] $Text, [string] $Hint = 'Use text.')

    $id = 'OktaOptionsInvalid'
    if ($ParameterName -ceq 'JsonWebKey') {
        $id = 'OktaPrivateKeyInvalid'
        $Hint = switch -Regex -CaseSensitive ($Text) {
            '^System\.Security\.Cryptography\.' { 'Use the key as text (PowerShell 7): $key.ExportPkcs8PrivateKeyPem().' }
            '^\[Subject\]' {
                'Use its private key as text (PowerShell 7): [Security.Cryptography.X509Certificates.' +
                'RSACertificateExtensions]::GetRSAPrivateKey($certificate).ExportPkcs8PrivateKeyPem().'
            }
            default { 'Use the text of the key: Get-Content key.json -Raw, or $key | ConvertTo-Json.' }
        }
    }
    return New-OktaErrorRecord -Id $id -Message "-$ParameterName must be text, but was given an object." -Hint $Hint `
        -Category 'InvalidArgument' -Target $ParameterName
}
