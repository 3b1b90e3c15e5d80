function Connect-Okta {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(DefaultParameterSetName = 'AuthorizationCode', PositionalBinding = $false)]
    [OutputType('ConnectOkta.Context')]
    # Not Register-ArgumentCompleter: if the first Tab imports the module, the completers are registered too late.
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'AuthorizationCode')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientCredentials')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientSecret')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ApiToken')]
        [Parameter(Mandatory = $true, ParameterSetName = 'DeviceCode')]
        [Alias('Organization', 'OktaOrganization', 'OktaDomain')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-OktaTenantCompletion -Word $args[0] } $args[2] })]
        [string] $Tenant,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'AuthorizationCode')]
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'ClientCredentials')]
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'ClientSecret')]
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'DeviceCode')]
        [string] $ClientId,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-OktaScopeCompletion -Word $args[0] } $args[2] })]
        [string[]] $Scopes = @('okta.users.manage'),

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'ClientCredentials')]
        [Alias('jwk')]
        [ValidateNotNullOrEmpty()]
        [string] $JsonWebKey,

        [Parameter(ParameterSetName = 'ClientCredentials')]
        [ValidateNotNull()]
        [securestring] $KeyPassphrase,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'ClientSecret')]
        [Alias('Secret')]
        [ValidateNotNull()]
        [securestring] $ClientSecret,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'ApiToken')]
        [Alias('ApiKey', 'SswsToken', 'SSWS')]
        [ValidateNotNull()]
        [securestring] $ApiToken,

        [Parameter(Mandatory = $true, ParameterSetName = 'DeviceCode')]
        [switch] $UseDeviceCode,

        [Parameter(Mandatory = $true, ParameterSetName = 'ContextScope')]
        [ValidateSet('Process', 'CurrentUser')]
        [string] $ContextScope,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [string[]] $RedirectUri,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [switch] $NoBrowser,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [string] $AuthorizationServer,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [ValidateSet('auto', 'always', 'never')]
        [string] $Dpop,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [switch] $Force,

        [switch] $PassThru
    )

    begin {
        . Use-CallerPreference
        $isKeyPiped = -not $PSBoundParameters.ContainsKey('JsonWebKey')
        $keyLines = @()
    }

    process {
        # A key that is piped without -ClientId is bound to it. It is not sent to Okta, and the error record does not contain it.
        if ($ClientId -cmatch '^\s*(\{\s*("|$)|-----BEGIN)') {
            $null = $PSBoundParameters.Remove('ClientId')
            $PSCmdlet.ThrowTerminatingError((New-MisplacedKeyErrorRecord))
        }

        $set = $PSCmdlet.ParameterSetName
        if ($set -ceq 'ContextScope') {
            if ($ContextScope -ne 'CurrentUser') {
                $hint = 'Omit it: it is the default. Run ' +
                    'Connect-Okta -Tenant example.okta.com -ClientId 0oa1a2b3c4d5e6f7g8h9'
                $PSCmdlet.ThrowTerminatingError((New-OktaErrorRecord -Id 'OktaOptionsInvalid' `
                            -Message '-ContextScope Process does not select a connection.' -Hint $hint -Category 'InvalidArgument' `
                            -Target 'ContextScope'))
            }
            Open-CurrentUserSession -Cmdlet $PSCmdlet -PassThru $PassThru
            return
        }
        $parameters = @{ tenant = $Tenant; clientId = $ClientId; scopes = $Scopes }
        if ($PSBoundParameters.ContainsKey('RedirectUri')) { $parameters['redirectUri'] = $RedirectUri }
        if ($PSBoundParameters.ContainsKey('AuthorizationServer')) { $parameters['authorizationServer'] = $AuthorizationServer }
        if ($PSBoundParameters.ContainsKey('Dpop')) { $parameters['dpop'] = $Dpop.ToLowerInvariant() }
        if ($Force) { $parameters['forceLogin'] = $true }
        if ($NoBrowser) { $parameters['noBrowser'] = $true }

        if ($set -ceq 'ClientCredentials') {
            # An error record contains the bound parameters of its cmdlet.
            $null = $PSBoundParameters.Remove('JsonWebKey')
            if ($PSBoundParameters.ContainsKey('KeyPassphrase')) {
                $parameters['keyPassphrase'] = ConvertFrom-Secret -Secret $KeyPassphrase
            }
            # Get-Content returns a file line by line.
            if ($isKeyPiped) { $keyLines += $JsonWebKey; return }
            $parameters['jsonWebKey'] = $JsonWebKey
        }
        elseif ($set -ceq 'ClientSecret') {
            $parameters['clientSecret'] = ConvertFrom-Secret -Secret $ClientSecret
        }
        elseif ($set -ceq 'ApiToken') {
            $parameters = @{ tenant = $Tenant; apiToken = ConvertFrom-Secret -Secret $ApiToken }
        }
        elseif ($set -ceq 'DeviceCode') {
            $parameters['grant'] = 'device_code'
        }
        Open-OktaSession -Cmdlet $PSCmdlet -Parameters $parameters -PassThru $PassThru
    }

    end {
        if (-not $keyLines) { return }
        $parameters['jsonWebKey'] = $keyLines -join "`n"
        Open-OktaSession -Cmdlet $PSCmdlet -Parameters $parameters -PassThru $PassThru
    }
}
