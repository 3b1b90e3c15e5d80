function Test-OktaConnection {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType('ConnectOkta.Finding', [bool])]
    # The variable $Profile is hidden in this function only.
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidAssignmentToAutomaticVariable', 'Profile')]
    param(
        [Alias('Organization', 'OktaOrganization', 'OktaDomain')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-OktaTenantCompletion -Word $args[0] } $args[2] })]
        [string] $Tenant,

        [string] $ClientId,

        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-OktaScopeCompletion -Word $args[0] } $args[2] })]
        [string[]] $Scopes,

        [Alias('jwk')]
        [object] $JsonWebKey,

        [string] $JsonWebKeyPath,

        [ValidateNotNull()]
        [object] $Certificate,

        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-CertificateCompletion -Word $args[0] } $args[2] })]
        [string] $CertificateThumbprint,

        [ValidateNotNull()]
        [object] $SigningKey,

        [string] $KeyId,

        [securestring] $KeyPassphrase,

        [Alias('Secret')]
        [securestring] $ClientSecret,

        [Alias('ApiKey', 'SswsToken', 'SSWS')]
        [securestring] $ApiToken,

        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-OktaProfileCompletion -Word $args[0] } $args[2] })]
        [string] $Profile,

        [string[]] $RedirectUri,

        [string] $AuthorizationServer,

        [string] $Broker,

        [string] $Connection,

        [string] $IdentityTokenFile,

        [switch] $Quiet
    )

    begin {
        . Use-CallerPreference
    }

    end {
        $bound = $PSCmdlet.MyInvocation.BoundParameters
        $parameters = @{}
        $signer = Get-Signer -Cmdlet $PSCmdlet -Bound $bound
        $target = @('Tenant', 'Profile', 'Broker' | Where-Object { $bound.ContainsKey($_) })
        if ($target.Count -eq 0) {
            $parameters = Get-CurrentSessionParameter
            $session = Get-OktaSession
            if ($null -eq $signer -and $null -ne $session) { $signer = $session.Signer }
        }
        if ($null -ne $signer) { $parameters.signer = $signer.Parameters }
        if ($bound.ContainsKey('KeyId')) { $parameters.keyId = $KeyId }
        if ($bound.ContainsKey('Profile')) { $parameters.profile = $Profile }
        if ($bound.ContainsKey('Tenant')) { $parameters.tenant = $Tenant }
        if ($bound.ContainsKey('ClientId')) { $parameters.clientId = $ClientId }
        if ($bound.ContainsKey('Scopes')) { $parameters.scopes = $Scopes }
        if ($bound.ContainsKey('RedirectUri')) { $parameters.redirectUri = $RedirectUri }
        if ($bound.ContainsKey('AuthorizationServer')) { $parameters.authorizationServer = $AuthorizationServer }
        if ($bound.ContainsKey('Broker')) { $parameters.broker = $Broker }
        if ($bound.ContainsKey('Connection')) { $parameters.connection = $Connection }
        if ($bound.ContainsKey('IdentityTokenFile')) {
            $parameters.identityTokenFile = Resolve-FilePath -Cmdlet $PSCmdlet -Path $IdentityTokenFile -ParameterName 'IdentityTokenFile'
        }
        if ($bound.ContainsKey('JsonWebKeyPath')) {
            $parameters.jsonWebKey = Read-KeyFile -Cmdlet $PSCmdlet -Path $JsonWebKeyPath
        }
        if ($bound.ContainsKey('KeyPassphrase')) { $parameters.keyPassphrase = ConvertFrom-Secret -Secret $KeyPassphrase }
        if ($bound.ContainsKey('ClientSecret')) { $parameters.clientSecret = ConvertFrom-Secret -Secret $ClientSecret }
        if ($bound.ContainsKey('ApiToken')) { $parameters.apiToken = ConvertFrom-Secret -Secret $ApiToken }
        if ($bound.ContainsKey('JsonWebKey')) {
            # An error record contains the bound parameters of its cmdlet.
            $null = $bound.Remove('JsonWebKey')
            $parameters.jsonWebKey = ConvertTo-KeyText -Key $JsonWebKey
        }
        $call = @{ Method = 'test'; Parameters = $parameters; Target = $Tenant; Signer = $signer }
        $conflict = Get-CommandConflictText
        if ($conflict -and -not $Quiet) { ConvertTo-OktaFinding -Finding @{ check = 'module'; outcome = 'warning'; message = $conflict; fix = $null } }
        if (-not $Quiet) { return Invoke-NodeMethod -Cmdlet $PSCmdlet @call }

        try { $findings = Get-NodeResult @call }
        catch { $PSCmdlet.WriteError($_); return $false }
        return @($findings).Count -gt 0 -and @($findings | Where-Object { $_.Outcome -eq 'failure' }).Count -eq 0
    }
}
