function New-ObjectErrorRecord {
    # The error for a text parameter that was given an object.
    param([string] $ParameterName, [string] $Text, [string] $Hint = 'Use text.')

    $id = 'OktaOptionsInvalid'
    if ($ParameterName -ceq 'JsonWebKey') {
        $id = 'OktaPrivateKeyInvalid'
        $Hint = switch -Regex -CaseSensitive ($Text) {
            '^System\.Security\.Cryptography\.' { 'Use -SigningKey for a key object. The module does not read the private key.' }
            '^\[Subject\]' { 'Use -Certificate for a certificate. The module does not read its private key.' }
            default { 'Use the text of the key: Get-Content key.json -Raw, or $key | ConvertTo-Json.' }
        }
    }
    return New-OktaErrorRecord -Id $id -Message "-$ParameterName must be text, not an object." -Hint $Hint `
        -Category 'InvalidArgument' -Target $ParameterName
}
