function Connect-Okta {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(DefaultParameterSetName = 'AuthorizationCode', PositionalBinding = $false)]
    [OutputType('ConnectOkta.Context')]
    # Completers stand at their parameters: the first Tab may be what brings the module, too late for those that it registers.
    param(
        [Parameter(Mandatory = $true)]
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
        $keyLines = [System.Collections.Generic.List[string]]::new()
    }

    process {
        $set = $PSCmdlet.ParameterSetName
        # Piped without a client id, a key is taken for one, line by line. It is not shown to Okta, nor to anybody.
        if ($ClientId -match '^\s*(\{|-----BEGIN)') {
            $null = $PSBoundParameters.Remove('ClientId')
            Stop-WithError $PSCmdlet 'OktaOptionsInvalid' 'A key is in the place of the client id.' (
                'Name the client id too: Get-Content key.pem | Connect-Okta -Tenant example.okta.com -ClientId ' +
                '0oa1a2b3c4d5e6f7g8h9') 'InvalidArgument' 'ClientId'
        }
        $hint = "Give it as 'text'."
        if (-not (Assert-Text $PSCmdlet 'Tenant' $Tenant 'OktaOptionsInvalid' $hint)) { return }
        if (-not (Assert-Text $PSCmdlet 'ClientId' $ClientId 'OktaOptionsInvalid' $hint)) { return }
        if (-not (Assert-Text $PSCmdlet 'Scopes' $Scopes 'OktaOptionsInvalid' $hint)) { return }

        $parameters = @{ tenant = $Tenant }
        if ($set -ne 'ApiToken') {
            $parameters.clientId = $ClientId
            $parameters.scopes = $Scopes
        }
        if ($set -eq 'DeviceCode') { $parameters.grant = 'device_code' }
        if ($PSBoundParameters.ContainsKey('RedirectUri')) { $parameters.redirectUri = $RedirectUri }
        if ($PSBoundParameters.ContainsKey('AuthorizationServer')) { $parameters.authorizationServer = $AuthorizationServer }
        if ($PSBoundParameters.ContainsKey('Dpop')) { $parameters.dpop = $Dpop }
        if ($Force) { $parameters.forceLogin = $true }
        if ($NoBrowser) { $parameters.noBrowser = $true }

        if ($set -eq 'ClientCredentials') {
            # Not to be found in an error, which holds what its cmdlet was called with.
            $null = $PSBoundParameters.Remove('JsonWebKey')
            # A file comes line by line.
            if ($isKeyPiped) { $keyLines.Add($JsonWebKey); return }
            if (-not (Assert-Key $PSCmdlet $JsonWebKey)) { return }
            Open-OktaSession $PSCmdlet $parameters 'jsonWebKey' (ConvertTo-Secret $JsonWebKey) $PassThru
        }
        elseif ($set -eq 'ClientSecret') {
            Open-OktaSession $PSCmdlet $parameters 'clientSecret' $ClientSecret $PassThru
        }
        elseif ($set -eq 'ApiToken') {
            Open-OktaSession $PSCmdlet $parameters 'apiToken' $ApiToken $PassThru
        }
        else {
            Open-OktaSession $PSCmdlet $parameters '' $null $PassThru
        }
    }

    end {
        if ($keyLines.Count -eq 0) { return }
        $key = $keyLines -join "`n"
        if (-not (Assert-Key $PSCmdlet $key)) { return }
        Open-OktaSession $PSCmdlet $parameters 'jsonWebKey' (ConvertTo-Secret $key) $PassThru
    }
}
