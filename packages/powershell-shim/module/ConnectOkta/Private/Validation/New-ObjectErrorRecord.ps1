function New-ObjectErrorRecord {
    # The error for a text parameter that was given an object.
    param([string] $ParameterName, [string] $Text, [string] $Hint = 'Use text.')

    $id = 'OktaOptionsInvalid'
    if ($ParameterName -ceq 'JsonWebKey') {
        $id = 'OktaPrivateKeyInvalid'
        $Hint = switch -Regex -CaseSensitive ($Text) {
            '^System\.Security\.Cryptography\.' { 'Use -SigningKey for a key object: the key stays in it.' }
            '^\[Subject\]' { 'Use -Certificate for a certificate: its key stays where it is.' }
            default { 'Use the text of the key: Get-Content key.json -Raw, or $key | ConvertTo-Json.' }
        }
    }
    return New-OktaErrorRecord -Id $id -Message "-$ParameterName must be text, but was given an object." -Hint $Hint `
        -Category 'InvalidArgument' -Target $ParameterName
}
