function Assert-BrokerParameter {
    # Throws an error unless the parameters have a broker, a client and at most one credential. PowerShell requires none of them: see
    # Connect-Okta.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [System.Collections.IDictionary] $Bound,
        # A key that is not in the parameters.
        [bool] $HasKey
    )

    $given = @('ClientId', 'Credential', 'ClientSecret', 'JsonWebKey', 'JsonWebKeyPath', 'IdentityTokenFile' | Where-Object {
            $Bound.ContainsKey($_) -or ($HasKey -and $_ -ceq 'JsonWebKey')
        })
    $credentials = @($given -cne 'ClientId')
    if (-not $Bound.ContainsKey('Broker')) {
        $problem = @{ ParameterName = 'Tenant'; Message = '-Tenant is missing.'; Hint = 'Add -Tenant example.okta.com, or -Broker https://broker.example.com to get the token from a broker.' }
    }
    elseif ($given -cnotcontains 'ClientId' -and $given -cnotcontains 'Credential') {
        $problem = @{ ParameterName = 'ClientId'; Message = '-ClientId is missing.'; Hint = 'Add the name of the client in the configuration of the broker.' }
    }
    elseif ($given -ccontains 'ClientId' -and $given -ccontains 'Credential') {
        $problem = @{ ParameterName = 'Credential'; Message = '-ClientId and -Credential cannot be used together.'; Hint = 'The username of the credential is the client ID.' }
    }
    elseif ($credentials.Count -gt 1) {
        $problem = @{ ParameterName = $credentials[0]; Message = "-$($credentials[0]) and -$($credentials[1]) cannot be used together."; Hint = 'A client of a broker has a secret, a key or an identity token.' }
    }
    else { return }
    $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord @problem))
}
