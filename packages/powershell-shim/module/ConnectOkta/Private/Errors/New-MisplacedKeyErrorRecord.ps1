function New-MisplacedKeyErrorRecord {
    # The error for a private key that is bound to -ClientId because it was piped without that parameter.
    $hint = 'Add the client ID: ' +
        'Get-Content key.pem -Raw | Connect-Okta -Tenant example.okta.com -ClientId 0oa1a2b3c4d5e6f7g8h9'
    return New-OktaErrorRecord -Id 'OktaOptionsInvalid' -Message '-ClientId is a private key, not a client ID.' -Hint $hint `
        -Category 'InvalidArgument' -Target 'ClientId'
}
