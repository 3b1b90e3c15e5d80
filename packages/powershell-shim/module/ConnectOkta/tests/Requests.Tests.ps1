BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
}

AfterAll { Stop-TestOrg $org }

Describe 'Invoke-OktaApi' {
    BeforeAll {
        $app = $org.App
        Connect-Okta @app
    }

    It 'needs only a path' {
        (Invoke-OktaApi /api/v1/users/ada.lovelace@example.com).profile.firstName | Should -Be 'Ada'
    }

    It 'accepts the path and the method in either order, and by name' {
        (Invoke-OktaApi GET '/api/v1/users?limit=1').status | Should -Be 'ACTIVE'
        (Invoke-OktaApi '/api/v1/users?limit=1' GET).status | Should -Be 'ACTIVE'
        (Invoke-OktaApi -Method Get -Path '/api/v1/users?limit=1').status | Should -Be 'ACTIVE'
    }

    It 'accepts paths from the pipeline' {
        $users = '/api/v1/users/ada.lovelace@example.com', '/api/v1/users/grace.hopper@example.com' | Invoke-OktaApi
        $users.profile.firstName | Should -Be 'Ada', 'Grace'
    }

    It 'returns users one by one and follows pages' {
        $users = @(Invoke-OktaApi /api/v1/users -Query @{ limit = 10 } -Paginate)
        $users.Count | Should -Be 28
        ($users.profile.login | Sort-Object -Unique).Count | Should -Be 28
    }

    It 'returns times that can be compared with dates' {
        $users = @(Invoke-OktaApi /api/v1/users)
        $users[0].created | Should -BeOfType [datetime]
        $users[0].created.Kind | Should -Be 'Utc'
        @($users | Where-Object created -LT (Get-Date).AddDays(-90)).Count | Should -Be 28
        @($users | Where-Object created -GT (Get-Date).AddDays(-90)).Count | Should -Be 0
        @($users | Where-Object { $_.created.Year -eq 2024 }).Count | Should -Be 28
        ($users | Sort-Object created -Descending)[0].created | Should -Be ([datetime] '2024-01-15T09:30:00Z').ToUniversalTime()
    }

    It 'returns objects that the cmdlets of PowerShell accept' {
        $users = Invoke-OktaApi /api/v1/users
        ($users | Group-Object status).Count | Should -Be 28
        @($users | Select-Object id, @{ n = 'login'; e = { $_.profile.login } } | ConvertTo-Csv -NoTypeInformation).Count | Should -Be 29
        ($users[0] | ConvertTo-Json -Depth 5 | ConvertFrom-Json).id | Should -Be $users[0].id
    }

    It 'sets the variables for the status and the headers' {
        $null = Invoke-OktaApi '/api/v1/users?limit=1' -StatusCodeVariable status -ResponseHeadersVariable headers
        $status | Should -Be 200
        $headers['x-rate-limit-limit'] | Should -Not -BeNullOrEmpty
    }

    It 'sends nothing when -WhatIf is given' {
        Invoke-OktaApi DELETE /api/v1/users/me -WhatIf | Should -BeNullOrEmpty
    }

    It 'renews the token when it is an hour old' {
        $clock = @{ Uri = "$($org.url)/_emulator/clock"; Method = 'Post'; ContentType = 'application/json' }
        $null = Invoke-RestMethod @clock -Body '{"advanceMs":3660000}'
        # The clock of this machine is an hour behind.
        $users = Invoke-OktaApi '/api/v1/users?limit=1' -WarningAction SilentlyContinue
        $null = Invoke-RestMethod @clock -Body '{}'
        $users.status | Should -Be 'ACTIVE'
    }
}

Describe 'A request of Invoke-OktaApi' {
    BeforeAll { Connect-Okta -Tenant $org.echoUrl -ApiToken (ConvertTo-TestSecret 'any-token') }
    AfterAll { Disconnect-Okta -NoRevoke }

    It 'has the encoded query' {
        $sent = Invoke-OktaApi /search -Query @{ search = 'profile.department eq "R&D"' }
        [uri]::UnescapeDataString($sent.url.Replace('+', ' ')) | Should -Be '/search?search=profile.department eq "R&D"'
        $sent.url | Should -Match '%26'
    }

    It 'has an object as JSON' {
        $time = [datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc)
        $sent = Invoke-OktaApi POST /groups -Body @{ profile = @{ name = 'Admins'; members = @('ada'); at = $time } }
        $sent.contentType | Should -Be 'application/json'
        $sentProfile = ($sent.body | ConvertFrom-Json).profile
        $sentProfile.name | Should -Be 'Admins'
        $sent.body | Should -Match '"members":\["ada"\]'
        $sent.body | Should -Match '"at":"2026-01-02T03:04:05(\.0+)?Z"'
    }

    It 'has a string as it is' {
        (Invoke-OktaApi PUT /x -Body '{"a": 1}').body | Should -Be '{"a": 1}'
    }

    It 'has the lines of a file as one document, also from the pipeline' {
        $file = Join-Path $TestDrive 'group.json'
        Set-Content $file '{', '  "name": "Admins"', '}'
        $bodies = (Invoke-OktaApi POST /x -Body (Get-Content $file)), (Get-Content $file | Invoke-OktaApi POST /x)
        foreach ($one in $bodies) { ($one.body | ConvertFrom-Json).name | Should -Be 'Admins' }
    }

    It 'is sent for each object of the pipeline' {
        $sent = 'one', 'two' | ForEach-Object { @{ name = $_ } } | Invoke-OktaApi POST /groups
        $sent.body | Should -Be '{"name":"one"}', '{"name":"two"}'
    }

    It 'has bytes, headers and a content type' {
        $sent = Invoke-OktaApi POST /x -Body ([byte[]] (0, 255)) -ContentType image/png -Headers @{ 'Accept-Language' = 'de' }
        $sent.bytes | Should -Be 0, 255
        $sent.contentType | Should -Be 'image/png'
        $sent.language | Should -Be 'de'
    }

    It 'is not sent when an object is in the path' {
        $failure = { Invoke-OktaApi "/api/v1/users/$([pscustomobject] @{ id = 1 })" } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaOptionsInvalid,Invoke-OktaApi'
        $failure.ErrorDetails.RecommendedAction | Should -Match '\.id'
    }
}

Describe 'A response of Invoke-OktaApi' {
    BeforeAll { Connect-Okta -Tenant $org.echoUrl -ApiToken (ConvertTo-TestSecret 'any-token') }
    AfterAll { Disconnect-Okta -NoRevoke }

    It 'has the same types in each PowerShell' {
        $numbers = Invoke-OktaApi /numbers
        $numbers.precise | Should -Be 9007199254740993
        $numbers.half | Should -BeOfType [double]
        $numbers.whole | Should -BeOfType [long]
        $times = Invoke-OktaApi /time
        $times.at | Should -Be ([datetime]::new(2026, 1, 2, 3, 4, 5, 678, [DateTimeKind]::Utc))
        $times.profile.at | Should -BeOfType [string]
    }

    It 'can be text' {
        Invoke-OktaApi /text | Should -Be 'plain text'
    }

    It 'is saved as it is when -OutFile is given' {
        $file = Join-Path $TestDrive 'bytes.bin'
        Invoke-OktaApi /bytes -OutFile $file | Should -BeNullOrEmpty
        [IO.File]::ReadAllBytes($file) | Should -Be (0..255)
    }
}
