BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
    $app = $org.App
    Connect-Okta @app
    $key = $org.other.service.jwk | ConvertTo-Json -Compress
    Connect-Okta -Tenant $org.other.url -ClientId $org.other.service.clientId -JsonWebKey $key -Scopes okta.users.read
    $script:first, $script:second = ([uri] $org.url).Authority, ([uri] $org.other.url).Authority
}

AfterAll { Stop-TestOrg $org }

Describe 'Get-OktaContext' {
    It 'shows the last connection' {
        $context = Get-OktaContext
        $context.Tenant | Should -Be $second
        $context.Status | Should -Be 'Current'
        $context.Grant | Should -Be 'client_credentials'
        $context.TokenType | Should -Be 'Bearer'
        $context.ExpiresOn | Should -BeGreaterThan ([DateTimeOffset]::Now)
    }

    It 'lists the connections when -ListAvailable is given' {
        $contexts = @(Get-OktaContext -ListAvailable)
        $contexts.Tenant | Should -Be $first, $second
        $contexts.Status | Should -Be 'Connected', 'Current'
    }

    It 'shows whole scopes in 80 columns' {
        $text = Get-OktaContext | Out-String -Width 80
        $text | Should -Match 'okta\.users\.read\s'
    }
}

Describe 'Select-OktaContext' {
    It 'switches by the tenant' {
        Select-OktaContext $first
        (Get-OktaContext).Tenant | Should -Be $first
        (Invoke-OktaApi '/api/v1/users?limit=1')._links.self.href | Should -BeLike "$($org.url)/*"
        (Select-OktaContext $second -PassThru).Tenant | Should -Be $second
    }

    It 'switches to a context of the pipeline' {
        Get-OktaContext -ListAvailable | Where-Object Tenant -EQ $first | Select-OktaContext
        (Get-OktaContext).Tenant | Should -Be $first
    }

    It 'completes the tenant' {
        $line = 'Select-OktaContext '
        (TabExpansion2 $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Contain $first
    }

    It 'is an error when nothing or something else is selected' {
        $failure = { Select-OktaContext nowhere.okta.com } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaOptionsInvalid,Select-OktaContext'
        "$failure" | Should -Match 'nowhere.okta.com'
        $failure = { 'text' | Select-OktaContext } | Get-ErrorOf
        "$failure" | Should -Match 'Get-OktaContext'
        (Get-OktaContext).Tenant | Should -Be $first
    }
}
