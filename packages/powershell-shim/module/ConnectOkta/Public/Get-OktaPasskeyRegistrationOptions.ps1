function Get-OktaPasskeyRegistrationOptions {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(DefaultParameterSetName = 'UserId', PositionalBinding = $false)]
    [OutputType('ConnectOkta.PasskeyRegistrationOptions')]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseSingularNouns', '', Justification = 'The name in DSInternals.Passkeys.')]
    param(
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'UserId')]
        [Alias('User')]
        [string] $UserId,

        [Parameter(Mandatory = $true, ParameterSetName = 'Login')]
        [Alias('UserPrincipalName', 'UPN', 'UserName', 'Email')]
        [string] $Login,

        [Alias('Timeout')]
        [timespan] $ChallengeTimeout = '00:05:00'
    )

    begin {
        . Use-CallerPreference
        $session = Get-OktaSession
        if ($ChallengeTimeout.TotalSeconds -lt 1 -or $ChallengeTimeout.TotalDays -gt 1) {
            $PSCmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-ChallengeTimeout $ChallengeTimeout is not from 1 second to 1 day." `
                        -Hint "Use a time span, such as '00:05:00' for 5 minutes." -ParameterName 'ChallengeTimeout'))
        }
    }

    process {
        $parameters = @{ challengeTimeoutMs = [long] $ChallengeTimeout.TotalMilliseconds }
        if ($PSCmdlet.ParameterSetName -ceq 'Login') { $parameters.login = $Login } else { $parameters.userId = $UserId }
        $options = Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'passkeyOptions' -Parameters $parameters -Target "$UserId$Login" `
            -Session $session -NoRetry
        if ($null -eq $options) { return }
        New-TypedObject -TypeName 'ConnectOkta.PasskeyRegistrationOptions' -Properties ([ordered] @{
            FactorId = $options.factorId
            UserId = $options.userId
            Tenant = $options.tenant
            PublicKeyOptions = $options.publicKey
            Embedded = [pscustomobject] @{ PublicKeyOptions = $options.publicKey }
        })
    }
}
