BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
}

AfterAll { Stop-TestOrg $org }

Describe 'A connection' {
    BeforeAll {
        $app = $org.App
        Connect-Okta @app
    }
    AfterAll { Disconnect-Okta }

    It 'returns the token as a SecureString unless plain text is requested' {
        Get-OktaAccessToken | Should -BeOfType [securestring]
        $headers = @{ Authorization = "Bearer $(Get-OktaAccessToken -AsPlainText)" }
        (Invoke-WebRequest "$($org.url)/api/v1/users" -Headers $headers -UseBasicParsing).StatusCode | Should -Be 200
    }

    It 'warns when the token expires sooner than asked' {
        $null = Get-OktaAccessToken -MinValidity 02:00:00 -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -Match 'MinValidity'
    }

    It 'passes every check of Test-OktaConnection' {
        Test-OktaConnection -Quiet | Should -BeTrue
        (Test-OktaConnection).Outcome | Should -Not -Contain 'failure'
    }
}

Describe 'Disconnect-Okta' {
    It 'revokes the token' {
        $app = $org.App
        Connect-Okta @app
        $headers = @{ Authorization = "Bearer $(Get-OktaAccessToken -AsPlainText)" }
        Disconnect-Okta
        Get-OktaContext | Should -BeNullOrEmpty
        { Invoke-WebRequest "$($org.url)/api/v1/users" -Headers $headers -UseBasicParsing } | Should -Throw '*401*'
    }

    It 'writes nothing when this process is not connected' {
        Disconnect-Okta | Should -BeNullOrEmpty
    }

    It 'makes cmdlets that need a connection fail: <_>' -ForEach @(
        'Get-OktaAccessToken', 'Invoke-OktaApi /api/v1/users', 'Get-OktaUserId a@example.com'
        'Get-OktaPasskeyRegistrationOptions -Login a@example.com'
    ) {
        $failure = [scriptblock]::Create($_) | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be "NotConnectedToOkta,$($_.Split(' ')[0])"
        $failure.ErrorDetails.RecommendedAction | Should -Match 'Connect-Okta'
    }
}
