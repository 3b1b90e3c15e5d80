function Get-EmptyTextErrorRecord {
    # Returns an error for a parameter of Connect-Okta that is empty, such as a variable that is not set. An empty -Scopes is not the
    # default: it would request okta.users.manage.
    param([string] $Name, [string] $ParameterName)

    switch -CaseSensitive ($Name) {
        { $_ -cin 'tenant', 'clientId', 'clientSecret', 'apiToken', 'accessToken', 'keyPassphrase', 'profile', 'login', 'broker' } { $hint = 'Set it to a value.' }
        { $_ -cin 'redirectUri', 'authorizationServer', 'loginHint', 'connection', 'keyId' } { $hint = 'Set it to a value, or omit it.' }
        'scopes' { $hint = 'Specify scopes, such as okta.users.read, or omit -Scopes to request okta.users.manage.' }
        default { return }
    }
    return New-OktaErrorRecord -Id 'OktaOptionsInvalid' -Message "-$ParameterName is empty." -Hint $hint `
        -Category 'InvalidArgument' -Target $ParameterName
}
