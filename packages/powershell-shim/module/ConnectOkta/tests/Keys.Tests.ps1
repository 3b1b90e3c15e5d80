BeforeAll {
    . (Join-Path $PSScriptRoot 'support/TestOrg.ps1')
    $script:org = Start-TestOrg
    $script:app = @{ Tenant = $org.url; ClientId = $org.service.clientId; Scopes = 'okta.users.read' }
}

AfterAll { Stop-TestOrg $org }

Describe 'The key of Connect-Okta' {
    AfterEach { Disconnect-Okta }

    It 'can be a string, a SecureString or an object: <_>' -ForEach 'String', 'SecureString', 'Object' {
        $key = $org.Key
        if ($_ -eq 'SecureString') { $key = ConvertTo-TestSecret $key }
        if ($_ -eq 'Object') { $key = ConvertFrom-Json $key }
        Connect-Okta @app -JsonWebKey $key
        (Get-OktaContext).ClientId | Should -Be $org.service.clientId
    }

    It 'can be a file that PowerShell wrote' {
        $file = Join-Path $TestDrive 'key.json'
        # In UTF-16 by Windows PowerShell.
        $org.Key > $file
        Connect-Okta @app -JsonWebKeyPath $file
        Disconnect-Okta
        Connect-Okta @app -JsonWebKey (Get-Content $file)
        Disconnect-Okta
        Get-Content $file | Connect-Okta @app
        (Get-OktaContext).ClientId | Should -Be $org.service.clientId
    }

    It 'can be encrypted' {
        $file = Join-Path $TestDrive 'key.pem'
        $org.encryptedKey > $file
        $passphrase = ConvertTo-TestSecret $org.passphrase
        Connect-Okta @app -JsonWebKeyPath $file -KeyPassphrase $passphrase
        Disconnect-Okta
        Get-Content $file -Raw | Connect-Okta @app -KeyPassphrase $passphrase -Force
        (Get-OktaContext).ClientId | Should -Be $org.service.clientId
    }

    It 'is not in the error when it is not a key' {
        $notKey = 'may-be-secret'
        $failure = { Connect-Okta @app -JsonWebKey $notKey } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -BeLike 'Okta*,Connect-Okta'
        $failure | ConvertTo-Json -Depth 3 -WarningAction SilentlyContinue | Should -Not -Match $notKey
    }

    It 'is not found when the file does not exist' {
        $failure = { Connect-Okta @app -JsonWebKeyPath (Join-Path $TestDrive 'nothing.json') } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaPrivateKeyInvalid,Connect-Okta'
        "$failure" | Should -Match 'does not exist'
    }
}

Describe 'A certificate' {
    BeforeAll {
        # .NET Framework 4.7.2 has this type too.
        $name = [Security.Cryptography.X509Certificates.X500DistinguishedName]::new('CN=app')
        $rsa = [Security.Cryptography.RSA]::Create()
        $rsa.KeySize = 2048
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
            $name, $rsa, [Security.Cryptography.HashAlgorithmName]::SHA256, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $script:certificate = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1))
        $curve = [Security.Cryptography.ECCurve]::CreateFromFriendlyName('nistP256')
        $script:ecdsa = [Security.Cryptography.ECDsa]::Create($curve)
    }

    It 'has a public key that New-OktaJsonWebKey shows, and so has a key object' {
        (New-OktaJsonWebKey -Certificate $certificate).PublicJwk | ConvertFrom-Json | ForEach-Object { $_.alg } | Should -Be 'RS256'
        $key = New-OktaJsonWebKey -SigningKey $ecdsa -KeyId mine
        ($key.PublicJwk | ConvertFrom-Json).crv | Should -Be 'P-256'
        $key.KeyId | Should -Be 'mine'
        $key.PrivateJwk | Should -BeNullOrEmpty
    }

    It 'signs, so that Okta rejects only the key, which the app does not have: <_>' -ForEach 'Certificate', 'SigningKey' {
        $key = @{ $_ = $certificate }
        if ($_ -eq 'SigningKey') { $key = @{ $_ = $ecdsa } }
        $failure = { Connect-Okta @app @key } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaClientRejected,Connect-Okta'
    }

    It 'is an error without its private key' {
        $public = [Security.Cryptography.X509Certificates.X509Certificate2]::new([byte[]] $certificate.RawData)
        $failure = { Connect-Okta @app -Certificate $public } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaPrivateKeyInvalid,Connect-Okta'
        "$failure" | Should -Match 'no private key'
    }
}

Describe 'New-OktaJsonWebKey' {
    It 'writes the private key to a new file and returns only the public key' {
        $path = Join-Path $TestDrive 'new-key.json'
        $key = New-OktaJsonWebKey -Type P-256 -Path $path
        ($key.PublicJwk | ConvertFrom-Json).PSObject.Properties.Name | Should -Not -Contain 'd'
        (Get-Content $path -Raw | ConvertFrom-Json).d | Should -Not -BeNullOrEmpty
        $key.PrivateJwk | Should -BeNullOrEmpty
    }

    It 'returns the private key as a SecureString, which Connect-Okta accepts' {
        $key = New-OktaJsonWebKey
        $key.PrivateJwk | Should -BeOfType [securestring]
        # The app has another key.
        $failure = { $key | Connect-Okta @app } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaClientRejected,Connect-Okta'
        $failure = { Connect-Okta @app -JsonWebKey $key.PrivateJwk } | Get-ErrorOf
        $failure.FullyQualifiedErrorId | Should -Be 'OktaClientRejected,Connect-Okta'
    }

    It 'writes nothing when -WhatIf is given' {
        $path = Join-Path $TestDrive 'no-key.json'
        New-OktaJsonWebKey -Path $path -WhatIf | Should -BeNullOrEmpty
        Test-Path $path | Should -BeFalse
    }
}
