function Register-OktaPasskey {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(DefaultParameterSetName = 'AttestationCredentialByLogin', SupportsShouldProcess = $true, PositionalBinding = $false)]
    [OutputType('ConnectOkta.Passkey')]
    # A public key.
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingPlainTextForPassword', 'AttestationPublicKeyCredential')]
    param(
        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Existing')]
        [ValidateNotNull()]
        [object] $Passkey,

        [Parameter(ParameterSetName = 'Existing')]
        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true, ParameterSetName = 'AttestationCredential')]
        [Alias('User')]
        [string] $UserId,

        [Parameter(ParameterSetName = 'Existing')]
        [Parameter(Mandatory = $true, ParameterSetName = 'AttestationCredentialByLogin')]
        [Alias('UserPrincipalName', 'UPN', 'UserName', 'Email')]
        [string] $Login,

        [Parameter(ValueFromPipelineByPropertyName = $true, ParameterSetName = 'AttestationCredential')]
        [Parameter(ParameterSetName = 'AttestationCredentialByLogin')]
        [Alias('Factor')]
        [string] $FactorId,

        [Parameter(ValueFromPipeline = $true, ParameterSetName = 'AttestationCredential')]
        [Parameter(ValueFromPipeline = $true, ParameterSetName = 'AttestationCredentialByLogin')]
        [Alias('Attestation', 'Credential')]
        [object] $AttestationPublicKeyCredential
    )

    begin {
        . Use-CallerPreference
        $session = Get-OktaSession
    }

    process {
        # A passkey object has the factor, and the user unless that is a parameter.
        $credential = $AttestationPublicKeyCredential
        if ($null -ne $Passkey) { $credential = $Passkey }
        $user = $UserId
        if ($null -ne $Passkey -and '' -ceq "$UserId$Login") { $user = Get-PasskeyMember -Passkey $Passkey -Name 'UserId' }
        $parameters = @{ factorId = $FactorId }
        if ($null -ne $credential -and '' -ceq $FactorId) {
            $parameters.factorId = Get-PasskeyMember -Passkey $credential -Name 'FactorId'
        }
        if ($null -ne $Passkey -and ('' -ceq "$user$Login" -or '' -ceq $parameters.factorId)) {
            $hint = 'Use -FactorId and -AttestationPublicKeyCredential, with -UserId or -Login.'
            Write-OktaError -Cmdlet $PSCmdlet -Record ((New-OptionErrorRecord -Message '-Passkey has no FactorId or no UserId.' -Hint $hint -ParameterName 'Passkey'))
            return
        }
        if ('' -cne $UserId -and '' -cne $Login) {
            Write-OktaError -Cmdlet $PSCmdlet -Record ((New-OptionErrorRecord -Message '-UserId and -Login cannot be used together.' -Hint 'Use only one of them.' `
                        -ParameterName 'Login'))
            return
        }
        if ('' -ceq $Login) { $parameters.userId = $user } else { $parameters.login = $Login }
        if ($null -eq $credential -or '' -ceq $parameters.factorId) {
            # The parameter sets of DSInternals.Passkeys that create the passkey need its assembly for Windows.
            $hint = 'Create the passkey for the options of Get-OktaPasskeyRegistrationOptions, in a browser or with New-Passkey of ' +
                'DSInternals.Passkeys on Windows. Then use -FactorId and -AttestationPublicKeyCredential: see Get-Help Register-OktaPasskey.'
            Write-OktaError -Cmdlet $PSCmdlet -Record ((New-OptionErrorRecord -Message '-AttestationPublicKeyCredential is missing: this module does not create passkeys with Windows Hello.' `
                        -Hint $hint -ParameterName 'AttestationPublicKeyCredential'))
            return
        }
        $parameters.credential = ConvertTo-AttestationText -Cmdlet $PSCmdlet -Value $credential
        $target = "$user$Login"
        if (-not $PSCmdlet.ShouldProcess((ConvertTo-EscapedText -Text $target), 'Register a passkey')) { return }
        $factor = Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'registerPasskey' -Parameters $parameters -Target $target -Session $session -NoRetry
        if ($null -eq $factor) { return }
        New-TypedObject -TypeName 'ConnectOkta.Passkey' -Properties ([ordered] @{
            FactorId = $factor.factorId
            FactorType = $factor.factorType
            Provider = $factor.provider
            VendorName = $factor.vendorName
            Status = $factor.status
            Created = $factor.created
            LastUpdated = $factor.lastUpdated
            Profile = [pscustomobject] @{ CredentialId = $factor.credentialId; AuthenticatorName = $factor.authenticatorName }
        })
    }
}
