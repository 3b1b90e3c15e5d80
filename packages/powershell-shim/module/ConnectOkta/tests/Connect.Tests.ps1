BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
}

AfterAll { Stop-TestOrg $org }

Describe 'Connect-Okta' {
    AfterEach { Disconnect-Okta }

    It 'connects and writes nothing when the key is valid' {
        $app = $org.App
        Connect-Okta @app | Should -BeNullOrEmpty
        (Get-OktaContext).ClientId | Should -Be $org.service.clientId
    }

    It 'connects when the client ID is piped' {
        $context = $org.service.clientId |
            Connect-Okta -Tenant $org.url -JsonWebKey $org.Key -Scopes okta.users.read -PassThru
        $context.Scopes | Should -Be 'okta.users.read'
    }

    It 'connects when -Tenant has an alias of DSInternals.Passkeys' {
        Connect-Okta -Organization $org.url -ClientId $org.service.clientId -Jwk $org.Key -Scopes okta.users.read
        "$((Get-OktaContext).OrgUrl)".TrimEnd('/') | Should -Be $org.url
    }

    It 'requests okta.users.manage when there are no scopes' {
        $context = Connect-Okta -Tenant $org.url -ClientId $org.service.clientId -JsonWebKey $org.Key -PassThru
        $context.Scopes | Should -Be 'okta.users.manage'
    }

    It 'uses DPoP when the app requires it' {
        $key = $org.dpopService.jwk | ConvertTo-Json -Compress
        Connect-Okta -Tenant $org.url -ClientId $org.dpopService.clientId -JsonWebKey $key -Scopes okta.users.read
        (Get-OktaContext).TokenType | Should -Be 'DPoP'
        (Invoke-OktaApi '/api/v1/users?limit=1').status | Should -Be 'ACTIVE'
    }

    It 'accepts a client secret for a custom authorization server' {
        $secret = ConvertTo-TestSecret $org.secretService.clientSecret
        $server = @{ AuthorizationServer = 'default'; Scopes = 'orders.read' }
        Connect-Okta -Tenant $org.url -ClientId $org.secretService.clientId -ClientSecret $secret @server
        (Get-OktaContext).AuthorizationServer | Should -Be 'default'
    }

    It 'accepts a client ID and a secret as -Credential' {
        $secret = ConvertTo-TestSecret $org.secretService.clientSecret
        $credential = [pscredential]::new($org.secretService.clientId, $secret)
        Connect-Okta -Tenant $org.url -Credential $credential -AuthorizationServer default -Scopes orders.read
        (Get-OktaContext).ClientId | Should -Be $org.secretService.clientId
    }

    It 'accepts a static API token, also from the pipeline' {
        $token = ConvertTo-TestSecret $org.apiToken
        Connect-Okta -Tenant $org.url -ApiToken $token
        (Get-OktaContext).TokenType | Should -Be 'SSWS'
        Disconnect-Okta
        $token | Connect-Okta -Tenant $org.url
        (Invoke-OktaApi /api/v1/users/me).profile.login | Should -Be $org.users[0].login
    }

    It 'accepts an access token of another program' {
        $app = $org.App
        Connect-Okta @app
        $token = Get-OktaAccessToken
        Connect-Okta -Tenant $org.url -AccessToken $token
        (Get-OktaContext).Grant | Should -Be 'access_token'
        (Invoke-OktaApi '/api/v1/users?limit=1').status | Should -Be 'ACTIVE'
    }

    It 'signs a user in with the browser' {
        $parameters = @{
            Tenant = $org.url; ClientId = $org.spa.clientId; RedirectUri = $org.redirectUri
            Scopes = 'okta.users.read'; NoBrowser = $true; LoginHint = $org.users[0].login
        }
        $context = Invoke-WithBrowser $org $parameters
        $context.Account | Should -Be $org.users[0].login
        $context | Select-OktaContext
        (Invoke-OktaApi /api/v1/users/me).profile.login | Should -Be $org.users[0].login
    }

    It 'signs a user in on another device' {
        $parameters = @{ Tenant = $org.url; ClientId = $org.native.clientId; UseDeviceCode = $true }
        (Invoke-WithBrowser $org $parameters).Account | Should -Be $org.users[0].login
    }

    It 'continues the last sign-in of the user when -ContextScope is CurrentUser' {
        $app = $org.App
        Connect-Okta @app
        $context = Connect-Okta -ContextScope CurrentUser -PassThru
        $context.ClientId | Should -Be $org.service.clientId
        # The session of -ContextScope does not have the key.
        Disconnect-Okta -NoRevoke
    }
}

Describe 'Connect-Okta -Profile' {
    BeforeAll {
        $folder = New-Item -ItemType Directory -Force $env:CONNECT_OKTA_CONFIG_DIR
        Set-Content (Join-Path $folder 'key.json') $org.Key
        Set-Content (Join-Path $folder 'profiles.yaml') @"
profiles:
  staging:
    tenant: $($org.url)
    clientId: $($org.service.clientId)
    scopes: [okta.users.read]
    key: { file: key.json }
"@
    }

    AfterEach { Disconnect-Okta }

    It 'connects with the settings of the profile' {
        # Other users can read the key file.
        Connect-Okta -Profile staging -WarningAction SilentlyContinue
        (Get-OktaContext).Scopes | Should -Be 'okta.users.read'
    }

    It 'is completed' {
        $completion = TabExpansion2 'Connect-Okta -Profile s' -cursorColumn 23
        $completion.CompletionMatches.CompletionText | Should -Be 'staging'
    }

    It 'is an error when there is no such profile' {
        $failure = { Connect-Okta -Profile production } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaOptionsInvalid,Connect-Okta'
        "$failure" | Should -Match 'production'
    }
}

Describe 'An error of Connect-Okta' {
    It 'has the code when the client does not exist' {
        $failure = { Connect-Okta -Tenant $org.url -ClientId 0oaNoSuchClient00000 -JsonWebKey $org.Key } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaClientRejected,Connect-Okta'
        $failure.Exception.Data['OktaCode'] | Should -Be 'client_rejected'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'names -Scopes when the list is empty' {
        $failure = { Connect-Okta -Tenant $org.url -ClientId $org.service.clientId -JsonWebKey $org.Key -Scopes @() } |
            Get-ErrorOf
        "$failure" | Should -BeLike '-Scopes is empty.*'
    }

    It 'shows the recommendation in the message in Windows PowerShell 5.1' -Skip:($PSVersionTable.PSVersion.Major -gt 5) {
        $failure = { Connect-Okta -Tenant $org.url -ClientId 0oaNoSuchClient00000 -JsonWebKey $org.Key } | Get-ErrorOf
        "$failure" | Should -BeLike "*$($failure.ErrorDetails.RecommendedAction)"
    }
}
