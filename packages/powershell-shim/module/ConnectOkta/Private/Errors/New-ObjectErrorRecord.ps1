function New-ObjectErrorRecord {
    # The error for a text parameter that was given an object.
    param([string] $ParameterName, [string] $Text, [string] $Hint = 'Use text.')

    $id = 'OktaOptionsInvalid'
    if ($ParameterName -ceq 'JsonWebKey') {
        $id = 'OktaPrivateKeyInvalid'
        $Hint = 'Use the text of the key: Get-Content key.json -Raw, or $key | ConvertTo-Json.'
        if ($Text -ceq 'System.Security.SecureString') {
            $Hint = "Use the text of the key: [Net.NetworkCredential]::new('', `$key).Password, or Get-Secret NAME -AsPlainText."
        }
    }
    return New-OktaErrorRecord -Id $id -Message "-$ParameterName must be text, but was given an object." -Hint $Hint `
        -Category 'InvalidArgument' -Target $ParameterName
}
