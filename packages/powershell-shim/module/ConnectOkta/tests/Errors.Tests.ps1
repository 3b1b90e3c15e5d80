BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
    Connect-Okta -Tenant $org.echoUrl -ApiToken (ConvertTo-TestSecret 'any-token')
}

AfterAll { Stop-TestOrg $org }

Describe 'An error of the API' {
    It 'has the response of Okta as properties' {
        $failure = { Invoke-OktaApi POST /invalid -Body @{} } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaApiFailed,Invoke-OktaApi'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $exception = $failure.Exception
        $exception.StatusCode | Should -Be 400
        $exception.ErrorCode | Should -Be 'E0000001'
        $exception.ErrorSummary | Should -Be 'Api validation failed: user'
        $exception.ErrorId | Should -Be 'oae-of-this-error'
        $exception.RequestId | Should -Be 'a-request'
        $exception.ErrorCauses | Should -Be 'login: must be an email address', 'email: is missing'
    }

    It 'has the JSON of Okta as ErrorDetails, as with Invoke-RestMethod' {
        $failure = { Invoke-OktaApi POST /invalid -Body @{} } | Get-ErrorOf
        ($failure.ErrorDetails.Message | ConvertFrom-Json).errorCode | Should -Be 'E0000001'
    }

    It 'shows each cause on a line' {
        $failure = { Invoke-OktaApi POST /invalid -Body @{} } | Get-ErrorOf
        $lines = $failure.Exception.Message -split '\r?\n'
        @($lines -match 'must be an email address').Count | Should -Be 1
        @($lines -match 'email: is missing').Count | Should -Be 1
        $failure | Out-String | Should -Match 'email: is missing'
    }

    It 'does not end the script unless -ErrorAction is Stop' {
        $output = Invoke-OktaApi POST /invalid -Body @{} -ErrorAction SilentlyContinue -ErrorVariable failures
        $output | Should -BeNullOrEmpty
        $failures.Count | Should -Be 1
        { Invoke-OktaApi POST /invalid -Body @{} -ErrorAction Stop } | Should -Throw
    }

    It 'is the output when -SkipHttpErrorCheck is given' {
        $response = Invoke-OktaApi POST /invalid -Body @{} -SkipHttpErrorCheck -StatusCodeVariable status
        $response.errorCode | Should -Be 'E0000001'
        $status | Should -Be 400
    }

    It 'has a category for each status' {
        $app = $org.App
        Connect-Okta @app
        $failure = { Invoke-OktaApi /api/v1/users/unknown@example.com } | Get-ErrorOf
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.Exception.StatusCode | Should -Be 404
        $failure.Exception.ErrorCode | Should -Be 'E0000007'
        Disconnect-Okta
    }
}

Describe 'An error of the parameters' {
    It 'names the parameter: <name>' -ForEach @(
        @{ Name = 'Method'; Command = { Invoke-OktaApi FETCH /x } }
        @{ Name = 'Path'; Command = { Invoke-OktaApi '' } }
        @{ Name = 'Body'; Command = { Invoke-OktaApi POST /x -Body $null } }
        @{ Name = 'Query'; Command = { Invoke-OktaApi /x -Query @{ q = $null } } }
        @{ Name = 'Headers'; Command = { Invoke-OktaApi /x -Headers @{ 'If-Match' = @{} } } }
    ) {
        $failure = $Command | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaOptionsInvalid,Invoke-OktaApi'
        "$failure" | Should -Match $Name
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
