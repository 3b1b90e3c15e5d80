# Smoke tests of the built module against the emulator, for Windows PowerShell 5.1 and PowerShell 7 on every system.

BeforeAll {
    function ConvertTo-Secret([string] $Text) { [Net.NetworkCredential]::new('', $Text).SecurePassword }
    function Get-ErrorOf([Parameter(ValueFromPipeline)] [scriptblock] $Command) {
        $ErrorActionPreference = 'Stop'
        try { $null = & $Command } catch { return $_ }
        throw "No error: $Command"
    }

    # Does not use the tokens and settings of the user.
    $savedEnvironment = @{}
    foreach ($name in 'CONNECT_OKTA_STATE_DIR', 'CONNECT_OKTA_CONFIG_DIR', 'CONNECT_OKTA_STORE') {
        $savedEnvironment[$name] = [Environment]::GetEnvironmentVariable($name)
    }
    $env:CONNECT_OKTA_STATE_DIR = Join-Path $TestDrive 'state'
    $env:CONNECT_OKTA_CONFIG_DIR = Join-Path $TestDrive 'config'
    $env:CONNECT_OKTA_STORE = 'file'

    $orgFile = Join-Path $TestDrive 'org.json'
    $start = @{
        FilePath = (Get-Command node -CommandType Application)[0].Source
        ArgumentList = "`"$(Join-Path $PSScriptRoot 'start-emulator.mjs')`"", "`"$orgFile`""
        RedirectStandardOutput = Join-Path $TestDrive 'emulator.out'
        RedirectStandardError = Join-Path $TestDrive 'emulator.err'
        NoNewWindow = $true
        PassThru = $true
    }
    $emulator = Start-Process @start
    $deadline = [DateTime]::UtcNow.AddMinutes(1)
    while (-not (Test-Path $orgFile)) {
        if ($emulator.HasExited -or [DateTime]::UtcNow -gt $deadline) {
            throw "The emulator did not start: $(Get-Content $start.RedirectStandardError -Raw)"
        }
        Start-Sleep -Milliseconds 100
    }

    $org = Get-Content $orgFile -Raw | ConvertFrom-Json
    $service, $dpopService, $secretService = $org.clients
    $tenant = $org.orgUrl
    $key = $service.jwk | ConvertTo-Json -Compress
    $app = @{ Tenant = $tenant; ClientId = $service.clientId; JsonWebKey = $key; Scopes = 'okta.users.read' }

    Import-Module (Join-Path $PSScriptRoot '../dist/ConnectOkta/ConnectOkta.psd1') -Force
}

AfterAll {
    Remove-Module ConnectOkta -ErrorAction SilentlyContinue
    if ($emulator) { Stop-Process -InputObject $emulator -Force -ErrorAction SilentlyContinue }
    foreach ($name in $savedEnvironment.Keys) { [Environment]::SetEnvironmentVariable($name, $savedEnvironment[$name]) }
}

Describe 'The module' {
    It 'exports only commands with approved verbs' {
        $approved = (Get-Verb).Verb
        $commands = @(Get-Command -Module ConnectOkta)
        $commands.Count | Should -BeGreaterThan 6
        $commands | Where-Object { $approved -notcontains $_.Verb } | Should -BeNullOrEmpty
    }

    It 'has a help page with an example for every command' {
        foreach ($command in Get-Command -Module ConnectOkta) {
            (Get-Help $command.Name -Full).examples.example | Should -Not -BeNullOrEmpty -Because $command.Name
        }
    }
}

Describe 'Connect-Okta' {
    AfterEach { Disconnect-Okta }

    It 'connects and writes nothing when the key is valid' {
        Connect-Okta @app | Should -BeNullOrEmpty
        (Get-OktaContext).ClientId | Should -Be $service.clientId
    }

    It 'connects when the client ID is piped' {
        $context = $service.clientId | Connect-Okta -Tenant $tenant -JsonWebKey $key -Scopes okta.users.read -PassThru
        $context.Scopes | Should -Be 'okta.users.read'
    }

    It 'connects with a key that PowerShell wrote to a file' {
        $keyFile = Join-Path $TestDrive 'key.json'
        # In UTF-16 by Windows PowerShell.
        $key > $keyFile
        Connect-Okta -Tenant $tenant -ClientId $service.clientId -JsonWebKey (Get-Content $keyFile -Raw) -Scopes okta.users.read
        (Get-OktaContext).ClientId | Should -Be $service.clientId
    }

    It 'decrypts a piped key with its passphrase' {
        $keyFile = Join-Path $TestDrive 'key.pem'
        $org.encryptedKey > $keyFile
        $passphrase = ConvertTo-Secret $org.passphrase
        Get-Content $keyFile -Raw |
            Connect-Okta -Tenant $tenant -ClientId $service.clientId -KeyPassphrase $passphrase -Scopes okta.users.read -Force
        (Get-OktaContext).ClientId | Should -Be $service.clientId
    }

    It 'reports an empty list of scopes by its name' {
        $failure = { Connect-Okta -Tenant $tenant -ClientId $service.clientId -JsonWebKey $key -Scopes @() } | Get-ErrorOf
        "$failure" | Should -BeLike '-Scopes is empty.*'
    }

    It 'uses DPoP when the app requires it' {
        $dpopKey = $dpopService.jwk | ConvertTo-Json -Compress
        Connect-Okta -Tenant $tenant -ClientId $dpopService.clientId -JsonWebKey $dpopKey -Scopes okta.users.read
        (Get-OktaContext).TokenType | Should -Be 'DPoP'
        (Invoke-OktaApi -Path '/api/v1/users?limit=1').status | Should -Be 'ACTIVE'
    }

    It 'accepts a client secret for a custom authorization server' {
        $secret = ConvertTo-Secret $secretService.clientSecret
        $server = @{ AuthorizationServer = 'default'; Scopes = 'orders.read' }
        Connect-Okta -Tenant $tenant -ClientId $secretService.clientId -ClientSecret $secret @server
        (Get-OktaContext).AuthorizationServer | Should -Be 'default'
    }

    It 'reports the error code when the client does not exist' {
        $failure = { Connect-Okta -Tenant $tenant -ClientId 0oaNoSuchClient00000 -JsonWebKey $key } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaClientRejected,Connect-Okta'
        "$failure" | Should -Not -BeNullOrEmpty
    }

    It 'rejects a key that is not a JWK and does not repeat it' {
        $failure = { Connect-Okta -Tenant $tenant -ClientId $service.clientId -JsonWebKey 'may-be-secret' } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -BeLike 'Okta*,Connect-Okta'
        "$failure" | Should -Not -Match 'may-be-secret'
    }
}

Describe 'A connection' {
    BeforeAll { Connect-Okta @app }
    AfterAll { Disconnect-Okta }

    It 'returns the token as a SecureString unless plain text is requested' {
        Get-OktaAccessToken | Should -BeOfType [securestring]
        $token = Get-OktaAccessToken -AsPlainText
        $token | Should -Match '^\S{20,}$'
        $headers = @{ Authorization = "Bearer $token" }
        (Invoke-WebRequest "$tenant/api/v1/users" -Headers $headers -UseBasicParsing).StatusCode | Should -Be 200
    }

    It 'returns users one by one and follows pages' {
        $users = @(Invoke-OktaApi -Path '/api/v1/users?limit=10' -Paginate)
        $users.Count | Should -BeGreaterThan 10
        $users[0].profile.login | Should -Match '@'
    }

    It 'reports a missing resource as an error' {
        $failure = { Invoke-OktaApi -Path /api/v1/users/unknown } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaApiFailed,Invoke-OktaApi'
    }

    It 'sends nothing when -WhatIf is given' {
        Invoke-OktaApi DELETE /api/v1/users/me -WhatIf | Should -BeNullOrEmpty
    }

    It 'passes every check of Test-OktaConnection' {
        Test-OktaConnection -Quiet | Should -BeTrue
    }

    It 'is shared with the runspaces of this process' {
        $runspace = [powershell]::Create()
        $null = $runspace.AddScript('param($module) Import-Module $module; (Get-OktaContext).ClientId')
        $runspace.AddArgument((Get-Module ConnectOkta).Path).Invoke() | Should -Be $service.clientId
        $runspace.Dispose()
    }
}

Describe 'Disconnect-Okta' {
    It 'revokes the token' {
        Connect-Okta @app
        $headers = @{ Authorization = "Bearer $(Get-OktaAccessToken -AsPlainText)" }
        Disconnect-Okta
        Get-OktaContext | Should -BeNullOrEmpty
        { Invoke-WebRequest "$tenant/api/v1/users" -Headers $headers -UseBasicParsing } | Should -Throw '*401*'
    }

    It 'makes cmdlets that need a connection fail' {
        $failure = { Get-OktaAccessToken } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'NotConnectedToOkta,Get-OktaAccessToken'
    }
}

Describe 'New-OktaJsonWebKey' {
    It 'writes the private key to a new file and returns only the public key' {
        $path = Join-Path $TestDrive 'key.json'
        $key = New-OktaJsonWebKey -Type P-256 -Path $path
        ($key.PublicJwk | ConvertFrom-Json).PSObject.Properties.Name | Should -Not -Contain 'd'
        (Get-Content $path -Raw | ConvertFrom-Json).d | Should -Not -BeNullOrEmpty
    }
}
