BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
    Connect-Okta -Tenant $org.url -ClientId $org.service.clientId -JsonWebKey $org.Key
    $script:login = $org.users[1].login

    function New-WrongPasskey {
        # A credential with another challenge and no valid attestation: Okta rejects it.
        $clientData = '{"type":"webauthn.create","challenge":"AAAAAAAAAAAAAAAAAAAAAAAAAAA","origin":"https://example.okta.com"}'
        $encoded = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($clientData)).TrimEnd('=').Replace('+', '-').Replace('/', '_')
        @{ id = 'AAAA'; rawId = 'AAAA'; type = 'public-key'; response = @{ attestationObject = 'o2NmbXRkbm9uZQ'; clientDataJSON = $encoded } }
    }
}

AfterAll { Stop-TestOrg $org }

Describe 'Get-OktaUserId' {
    It 'returns the ID of a login, also from the pipeline' {
        Get-OktaUserId -Login $login | Should -Be $org.users[1].id
        $login | Get-OktaUserId | Should -Be $org.users[1].id
        [pscustomobject] @{ UserPrincipalName = $login } | Get-OktaUserId | Should -Be $org.users[1].id
    }

    It 'is an error when there is no such user: <_>' -ForEach 'unknown@example.com', 'grace.hopper', 'me' {
        $unknown = $_
        $failure = { Get-OktaUserId $unknown } | Get-ErrorOf
        $failure.ErrorDetails.RecommendedAction | Should -Match 'full login'
    }
}

Describe 'Get-OktaPasskeyRegistrationOptions' {
    It 'returns what WebAuthn needs' {
        $options = Get-OktaPasskeyRegistrationOptions -Login $login
        $options.FactorId | Should -Match '^[\w-]{20}$'
        $options.UserId | Should -Be $org.users[1].id
        $options.Tenant | Should -Be ([uri] $org.url).Authority
        $key = $options.PublicKeyOptions
        $key.challenge | Should -Match '^[\w-]+$'
        $key.rp.id | Should -Be ([uri] $org.url).Host
        $key.user.name | Should -Be $login
        $key.pubKeyCredParams.alg | Should -Contain -7
        $options.Embedded.PublicKeyOptions.challenge | Should -Be $key.challenge
        ($key | ConvertTo-Json -Depth 5 | ConvertFrom-Json).rp.id | Should -Be $key.rp.id
    }

    It 'accepts the ID of a user' {
        (Get-OktaPasskeyRegistrationOptions -UserId $org.users[1].id -ChallengeTimeout 00:01:00).UserId |
            Should -Be $org.users[1].id
    }

    It 'is an error when the timeout is not from 1 second to 1 day: <_>' -ForEach '00:00:00', '2.00:00:00', 60 {
        $timeout = $_
        $failure = { Get-OktaPasskeyRegistrationOptions -Login $login -ChallengeTimeout $timeout } | Get-ErrorOf
        "$failure" | Should -Match '-ChallengeTimeout .* is not from 1 second to 1 day'
    }
}

Describe 'Register-OktaPasskey' {
    It 'reports what Okta rejects: <_>' -ForEach 'Object', 'Json', 'Options', 'Passkey' {
        $options = Get-OktaPasskeyRegistrationOptions -Login $login
        $credential = New-WrongPasskey
        $json = $credential | ConvertTo-Json -Depth 5
        $passkey = @{
            UserId = $options.UserId; FactorId = $options.FactorId
            attestation = $credential.response.attestationObject; clientData = $credential.response.clientDataJSON
        }
        $command = switch ($_) {
            'Object' { { Register-OktaPasskey -Login $login -FactorId $options.FactorId -AttestationPublicKeyCredential $credential } }
            'Json' { { Register-OktaPasskey -UserId $options.UserId -FactorId $options.FactorId -Credential $json } }
            'Options' { { $options | Register-OktaPasskey -AttestationPublicKeyCredential $json } }
            'Passkey' { { Register-OktaPasskey -Passkey $passkey } }
        }
        $failure = $command | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaApiFailed,Register-OktaPasskey'
        $failure.CategoryInfo.Category | Should -Be 'PermissionDenied'
        $failure.Exception.StatusCode | Should -Be 403
        $failure.Exception.ErrorCode | Should -Be 'E0000068'
        $failure.Exception.ErrorCauses | Should -Not -BeNullOrEmpty
    }

    It 'names Windows Hello when there is no passkey' {
        $failure = { Register-OktaPasskey -Login $login } | Get-ErrorOf
        "$failure" | Should -Match 'Windows Hello'
        $failure.ErrorDetails.RecommendedAction | Should -Match 'Get-OktaPasskeyRegistrationOptions'
    }

    It 'sends nothing when -WhatIf is given' {
        $options = Get-OktaPasskeyRegistrationOptions -Login $login
        $options | Register-OktaPasskey -AttestationPublicKeyCredential (New-WrongPasskey) -WhatIf | Should -BeNullOrEmpty
    }
}
