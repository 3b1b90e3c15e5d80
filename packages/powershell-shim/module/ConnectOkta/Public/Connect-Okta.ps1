function Connect-Okta {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(DefaultParameterSetName = 'AuthorizationCode', PositionalBinding = $false)]
    [OutputType('ConnectOkta.Context')]
    # The variable $Profile is hidden in this function only.
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidAssignmentToAutomaticVariable', 'Profile')]
    # Not Register-ArgumentCompleter: if the first Tab imports the module, the completers are registered too late.
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'AuthorizationCode')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientCredentials')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(Mandatory = $true, ParameterSetName = 'Certificate')]
        [Parameter(Mandatory = $true, ParameterSetName = 'CertificateThumbprint')]
        [Parameter(Mandatory = $true, ParameterSetName = 'SigningKey')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientSecret')]
        [Parameter(Mandatory = $true, ParameterSetName = 'Credential')]
        [Parameter(Mandatory = $true, ParameterSetName = 'DeviceCode')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ApiToken')]
        [Parameter(Mandatory = $true, ParameterSetName = 'AccessToken')]
        [Parameter(Mandatory = $true, ParameterSetName = 'PipedClientId')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenant')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantClientSecret')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantJsonWebKey')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantJsonWebKeyPath')]
        [Alias('Organization', 'OktaOrganization', 'OktaDomain')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-OktaTenantCompletion -Word $args[0] } $args[2] })]
        [string] $Tenant,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'AuthorizationCode')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientCredentials')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Certificate')]
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'CertificateThumbprint')]
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'SigningKey')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientSecret')]
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenant')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantClientSecret')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantJsonWebKey')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantJsonWebKeyPath')]
        [string] $ClientId,

        # A client ID that is piped to a key or a secret. Not -ClientId, so that a SecureString that is piped to -Tenant is an API token.
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'PipedClientId')]
        [string] $InputObject,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'CertificateThumbprint')]
        [Parameter(ParameterSetName = 'SigningKey')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'Credential')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'PipedClientId')]
        [Parameter(ParameterSetName = 'Profile')]
        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(ParameterSetName = 'BrokerTenant')]
        [Parameter(ParameterSetName = 'BrokerTenantClientSecret')]
        [Parameter(ParameterSetName = 'BrokerTenantJsonWebKey')]
        [Parameter(ParameterSetName = 'BrokerTenantJsonWebKeyPath')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-OktaScopeCompletion -Word $args[0] } $args[2] })]
        [string[]] $Scopes = @('okta.users.manage'),

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'PipedClientId')]
        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantJsonWebKey')]
        [Alias('jwk')]
        [ValidateNotNullOrEmpty()]
        [object] $JsonWebKey,

        [Parameter(Mandatory = $true, ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(ParameterSetName = 'PipedClientId')]
        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantJsonWebKeyPath')]
        [string] $JsonWebKeyPath,

        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(ParameterSetName = 'PipedClientId')]
        [Parameter(ParameterSetName = 'Profile')]
        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(ParameterSetName = 'BrokerTenantJsonWebKey')]
        [Parameter(ParameterSetName = 'BrokerTenantJsonWebKeyPath')]
        [ValidateNotNull()]
        [securestring] $KeyPassphrase,

        [Parameter(Mandatory = $true, ParameterSetName = 'Certificate')]
        [ValidateNotNull()]
        [object] $Certificate,

        [Parameter(Mandatory = $true, ParameterSetName = 'CertificateThumbprint')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-CertificateCompletion -Word $args[0] } $args[2] })]
        [string] $CertificateThumbprint,

        [Parameter(Mandatory = $true, ParameterSetName = 'SigningKey')]
        [ValidateNotNull()]
        [object] $SigningKey,

        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'CertificateThumbprint')]
        [Parameter(ParameterSetName = 'SigningKey')]
        [string] $KeyId,

        [Parameter(Mandatory = $true, ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'PipedClientId')]
        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantClientSecret')]
        [Alias('Secret')]
        [ValidateNotNull()]
        [securestring] $ClientSecret,

        [Parameter(Mandatory = $true, ParameterSetName = 'Credential')]
        [Parameter(ParameterSetName = 'Broker')]
        [ValidateNotNull()]
        [pscredential] $Credential,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'ApiToken')]
        [Alias('ApiKey', 'SswsToken', 'SSWS')]
        [ValidateNotNull()]
        [securestring] $ApiToken,

        [Parameter(Mandatory = $true, ParameterSetName = 'AccessToken')]
        [ValidateNotNull()]
        [securestring] $AccessToken,

        [Parameter(Mandatory = $true, ParameterSetName = 'DeviceCode')]
        [switch] $UseDeviceCode,

        [Parameter(Mandatory = $true, ParameterSetName = 'Profile')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-OktaProfileCompletion -Word $args[0] } $args[2] })]
        [string] $Profile,

        [Parameter(Mandatory = $true, ParameterSetName = 'ContextScope')]
        [ValidateSet('Process', 'CurrentUser')]
        [string] $ContextScope,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [string] $LoginHint,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [string[]] $RedirectUri,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'Profile')]
        [switch] $NoBrowser,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'CertificateThumbprint')]
        [Parameter(ParameterSetName = 'SigningKey')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'Credential')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'PipedClientId')]
        [string] $AuthorizationServer,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'CertificateThumbprint')]
        [Parameter(ParameterSetName = 'SigningKey')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'Credential')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'PipedClientId')]
        [ValidateSet('auto', 'always', 'never')]
        [string] $Dpop,

        [Parameter(ParameterSetName = 'AuthorizationCode')]
        [Parameter(ParameterSetName = 'ClientCredentials')]
        [Parameter(ParameterSetName = 'ClientCredentialsPath')]
        [Parameter(ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'CertificateThumbprint')]
        [Parameter(ParameterSetName = 'SigningKey')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'Credential')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'PipedClientId')]
        [Parameter(ParameterSetName = 'Profile')]
        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(ParameterSetName = 'BrokerTenant')]
        [Parameter(ParameterSetName = 'BrokerTenantClientSecret')]
        [Parameter(ParameterSetName = 'BrokerTenantJsonWebKey')]
        [Parameter(ParameterSetName = 'BrokerTenantJsonWebKeyPath')]
        [switch] $Force,

        # Required in each set. Not mandatory in the one without -Tenant, because a key or a secret without both would be ambiguous for
        # PowerShell. With -Tenant there is a set for each credential, so that two of them are as ambiguous as without a broker.
        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenant')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantClientSecret')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantJsonWebKey')]
        [Parameter(Mandatory = $true, ParameterSetName = 'BrokerTenantJsonWebKeyPath')]
        [string] $Broker,

        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(ParameterSetName = 'BrokerTenant')]
        [Parameter(ParameterSetName = 'BrokerTenantClientSecret')]
        [Parameter(ParameterSetName = 'BrokerTenantJsonWebKey')]
        [Parameter(ParameterSetName = 'BrokerTenantJsonWebKeyPath')]
        [string] $Connection,

        [Parameter(ParameterSetName = 'Broker')]
        [Parameter(ParameterSetName = 'BrokerTenant')]
        [string] $IdentityTokenFile,

        [switch] $PassThru
    )

    begin {
        # First, because it starts while the parameters are read.
        $null = Start-NodeProcess -Cmdlet $PSCmdlet
        . Use-CallerPreference
        # Lines or bytes of one key.
        $keyParts = [System.Collections.Generic.List[object]]::new()
        $keyText = $null
        if ($PSBoundParameters.ContainsKey('JsonWebKey')) {
            $keyText = ConvertTo-KeyText -Key $JsonWebKey
            # An error record contains the bound parameters of its cmdlet.
            $null = $PSBoundParameters.Remove('JsonWebKey')
        }
        $signer = Get-Signer -Cmdlet $PSCmdlet -Bound $PSBoundParameters
    }

    process {
        # Get-Content returns a file line by line, and with -AsByteStream byte by byte.
        $isPart = $JsonWebKey -is [string] -or $JsonWebKey -is [byte]
        if ($isPart -and $null -eq $keyText -and $PSCmdlet.ParameterSetName -ceq 'ClientCredentials') {
            $keyParts.Add($JsonWebKey)
            $null = $PSBoundParameters.Remove('JsonWebKey')
            return
        }
        Open-OktaSession -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Scopes $Scopes -KeyText $keyText -Signer $signer
    }

    end {
        if ($keyParts.Count -eq 0) { return }
        Open-OktaSession -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Scopes $Scopes -KeyText (ConvertTo-KeyText -Key $keyParts.ToArray())
    }
}
