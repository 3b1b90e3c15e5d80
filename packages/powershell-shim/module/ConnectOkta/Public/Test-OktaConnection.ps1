function Test-OktaConnection {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType('ConnectOkta.Finding', [bool])]
    param(
        [Alias('Organization', 'OktaOrganization', 'OktaDomain')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Complete-OktaTenant $args[0] } $args[2] })]
        [string] $Tenant,

        [string] $ClientId,

        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Complete-OktaScope $args[0] } $args[2] })]
        [string[]] $Scopes,

        [Alias('jwk')]
        [string] $JsonWebKey,

        [Alias('Secret')]
        [securestring] $ClientSecret,

        [Alias('ApiKey', 'SswsToken', 'SSWS')]
        [securestring] $ApiToken,

        [string[]] $RedirectUri,

        [string] $AuthorizationServer,

        [switch] $Quiet
    )

    begin {
        . Use-CallerPreference
    }

    end {
        $bound = $PSCmdlet.MyInvocation.BoundParameters
        $parameters = @{}
        if (-not $bound.ContainsKey('Tenant')) { $parameters = Get-CurrentConnection }
        if ($bound.ContainsKey('Tenant')) { $parameters.tenant = $Tenant }
        if ($bound.ContainsKey('ClientId')) { $parameters.clientId = $ClientId }
        if ($bound.ContainsKey('Scopes')) { $parameters.scopes = $Scopes }
        if ($bound.ContainsKey('RedirectUri')) { $parameters.redirectUri = $RedirectUri }
        if ($bound.ContainsKey('AuthorizationServer')) { $parameters.authorizationServer = $AuthorizationServer }
        if ($bound.ContainsKey('ClientSecret')) { $parameters.clientSecret = ConvertFrom-Secret $ClientSecret }
        if ($bound.ContainsKey('ApiToken')) { $parameters.apiToken = ConvertFrom-Secret $ApiToken }
        if ($bound.ContainsKey('JsonWebKey')) {
            $null = $bound.Remove('JsonWebKey')
            $parameters.jsonWebKey = $JsonWebKey
        }
        if (-not $Quiet) { return Invoke-Shim $PSCmdlet 'test' $parameters $Tenant }

        $findings = & {
            [CmdletBinding()]
            param($Parameters, $Target)
            Invoke-Shim $PSCmdlet 'test' $Parameters $Target
        } $parameters $Tenant
        return @($findings | Where-Object { $_.Outcome -eq 'failure' }).Count -eq 0
    }
}
