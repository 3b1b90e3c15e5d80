function Get-ConnectParameter {
    # Returns the parameters of Connect-Okta as those of the method "connect" of the Node process. Secrets are text. Removes a key, because
    # an error record contains the bound parameters of its cmdlet.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [System.Collections.IDictionary] $Bound,
        [string[]] $Scopes,
        # The key if it is not piped.
        [object] $KeyText
    )

    $set = $Cmdlet.ParameterSetName
    # A key that is piped without -ClientId is bound to it. It is not sent to Okta.
    if ($Bound['ClientId'] -cmatch '^\s*(\{\s*("|$)|-----BEGIN)') {
        $null = $Bound.Remove('ClientId')
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-ClientId is a private key, not a client ID.' `
                    -Hint 'Add the client ID: Get-Content key.pem -Raw | Connect-Okta -Tenant example.okta.com -ClientId 0oa1a2b3c4d5e6f7g8h9' `
                    -ParameterName 'ClientId'))
    }
    $isBroker = $set -clike 'Broker*'
    if ($isBroker) { Assert-BrokerParameter -Cmdlet $Cmdlet -Bound $Bound -HasKey ($null -ne $KeyText) }
    $parameters = @{}
    $names = 'tenant', 'clientId', 'redirectUri', 'loginHint', 'authorizationServer', 'broker', 'connection', 'keyId'
    foreach ($name in $names) { if ($Bound.ContainsKey($name)) { $parameters[$name] = $Bound[$name] } }
    foreach ($name in 'keyPassphrase', 'clientSecret', 'apiToken', 'accessToken') {
        if ($Bound.ContainsKey($name)) { $parameters[$name] = ConvertFrom-Secret -Secret $Bound[$name] }
    }
    if ($Bound.ContainsKey('InputObject')) { $parameters['clientId'] = $Bound.InputObject }
    if ($null -ne $KeyText) { $parameters['jsonWebKey'] = $KeyText }
    elseif ($Bound.ContainsKey('JsonWebKey')) {
        $text = ConvertTo-KeyText -Key $Bound.JsonWebKey
        # A SecureString that is piped is a key or a client secret.
        $isKey = $Bound.JsonWebKey -isnot [securestring] -or $text -cmatch '^[\s"'']*(?:\{|-----BEGIN)'
        $null = $Bound.Remove('JsonWebKey')
        if ($isKey) { $parameters['jsonWebKey'] = $text } else { $parameters['clientSecret'] = $text }
    }
    if ($Bound.ContainsKey('JsonWebKeyPath')) { $parameters['jsonWebKey'] = Read-KeyFile -Cmdlet $Cmdlet -Path $Bound.JsonWebKeyPath }
    if ($Bound.ContainsKey('Credential')) {
        $parameters['clientId'] = $Bound.Credential.UserName
        $parameters['clientSecret'] = ConvertFrom-Secret -Secret $Bound.Credential.Password
    }
    if ($Bound.ContainsKey('IdentityTokenFile')) {
        $parameters['identityTokenFile'] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound.IdentityTokenFile -ParameterName 'IdentityTokenFile'
    }
    if ($Bound.ContainsKey('Dpop')) { $parameters['dpop'] = $Bound.Dpop.ToLowerInvariant() }
    if ($Bound.ContainsKey('Force') -and $Bound.Force) { $parameters['forceLogin'] = $true }
    if ($Bound.ContainsKey('NoBrowser') -and $Bound.NoBrowser) { $parameters['noBrowser'] = $true }
    elseif ($set -cin 'AuthorizationCode', 'Profile') {
        $reason = Get-NoUserReason
        if ($null -ne $reason) { $parameters['noUserReason'] = $reason }
    }
    if ($set -cnotin 'ApiToken', 'AccessToken', 'Profile', 'ContextScope' -and -not $isBroker -or $Bound.ContainsKey('Scopes')) { $parameters['scopes'] = $Scopes }
    switch -CaseSensitive ($set) {
        'PipedClientId' {
            if (-not ($parameters.ContainsKey('jsonWebKey') -or $parameters.ContainsKey('clientSecret'))) {
                $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message 'The key or client secret is missing.' `
                            -Hint 'Add -JsonWebKey, -JsonWebKeyPath or -ClientSecret.' -ParameterName 'JsonWebKey'))
            }
        }
        'ContextScope' {
            if ($Bound.ContextScope -eq 'Process') {
                $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-ContextScope Process does not select a connection.' `
                            -Hint 'It is the default: use -Tenant and -ClientId, or -ContextScope CurrentUser.' -ParameterName 'ContextScope'))
            }
        }
        'DeviceCode' { $parameters['grant'] = 'device_code' }
        'Profile' { $parameters['profile'] = $Bound.Profile }
    }
    return $parameters
}
