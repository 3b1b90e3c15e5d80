function Connect-Okta {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(DefaultParameterSetName = 'AuthorizationCode', PositionalBinding = $false)]
    [OutputType('ConnectOkta.Context')]
    # Completers stand at their parameters: the first Tab may be what brings the module, too late for those that it registers.
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'AuthorizationCode')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientCredentials')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientSecret')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ApiToken')]
        [Parameter(Mandatory = $true, ParameterSetName = 'DeviceCode')]
        [Alias('Organization', 'OktaOrganization', 'OktaDomain')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Complete-OktaTenant $args[0] } $args[2] })]
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
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Complete-OktaScope $args[0] } $args[2] })]
        [string[]] $Scopes = @('okta.users.manage'),

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'ClientCredentials')]
        [Alias('jwk')]
        [ValidateNotNullOrEmpty()]
        [string] $JsonWebKey,

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
        # First of all, so that Node.js starts while the rest is being made ready.
        Start-Shim $PSCmdlet
        . Use-CallerPreference
        $isKeyPiped = -not $PSBoundParameters.ContainsKey('JsonWebKey')
        $keyLines = @()
    }

    process {
        # Piped without a client id, a key is taken for one, line by line. It is not shown to Okta, nor to anybody.
        if ($ClientId -cmatch '^\s*(\{|-----BEGIN)') { Stop-WithKeyForClientId $PSCmdlet $PSBoundParameters }

        $set = $PSCmdlet.ParameterSetName
        if ($set -ceq 'ContextScope') { Restore-OktaSession $PSCmdlet $ContextScope $PassThru; return }
        $parameters = @{ tenant = $Tenant; clientId = $ClientId; scopes = $Scopes }
        if ($PSBoundParameters.ContainsKey('RedirectUri')) { $parameters['redirectUri'] = $RedirectUri }
        if ($PSBoundParameters.ContainsKey('AuthorizationServer')) { $parameters['authorizationServer'] = $AuthorizationServer }
        if ($PSBoundParameters.ContainsKey('Dpop')) { $parameters['dpop'] = $Dpop }
        if ($Force) { $parameters['forceLogin'] = $true }
        if ($NoBrowser) { $parameters['noBrowser'] = $true }

        $secretName = ''
        if ($set -ceq 'ClientCredentials') {
            # Not to be found in an error, which holds what its cmdlet was called with.
            $null = $PSBoundParameters.Remove('JsonWebKey')
            # A file comes line by line.
            if ($isKeyPiped) { $keyLines += $JsonWebKey; return }
            $secretName = 'jsonWebKey'
            $parameters[$secretName] = $JsonWebKey
        }
        elseif ($set -ceq 'ClientSecret') {
            $secretName = 'clientSecret'
            $parameters[$secretName] = ConvertFrom-Secret $ClientSecret
        }
        elseif ($set -ceq 'ApiToken') {
            $secretName = 'apiToken'
            $parameters = @{ tenant = $Tenant; apiToken = ConvertFrom-Secret $ApiToken }
        }
        elseif ($set -ceq 'DeviceCode') {
            $parameters['grant'] = 'device_code'
        }
        Open-OktaSession $PSCmdlet $parameters $secretName $PassThru
    }

    end {
        if (-not $keyLines) { return }
        $parameters['jsonWebKey'] = $keyLines -join "`n"
        Open-OktaSession $PSCmdlet $parameters 'jsonWebKey' $PassThru
    }
}
