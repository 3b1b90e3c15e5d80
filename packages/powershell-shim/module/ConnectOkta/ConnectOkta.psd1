@{
    RootModule = 'ConnectOkta.psm1'
    ModuleVersion = '0.0.0'
    GUID = 'c0c2f6b4-9f1e-4b43-8f0e-6d8a2f3f7a51'
    Author = 'Connect-Okta contributors'
    CompanyName = 'Connect-Okta contributors'
    Copyright = '(c) Connect-Okta contributors. MIT License.'
    Description = 'Gets access tokens for Okta APIs, for users and for programs. Stores and renews the tokens, calls the API, and registers passkeys. Requires Node.js 20.19 or later, or the program connect-okta: https://connect-okta.github.io/connect-okta/powershell#install'
    PowerShellVersion = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FunctionsToExport = @(
        'Connect-Okta'
        'Disconnect-Okta'
        'Get-OktaAccessToken'
        'Get-OktaContext'
        'Get-OktaPasskeyRegistrationOptions'
        'Get-OktaUserId'
        'Invoke-OktaApi'
        'New-OktaJsonWebKey'
        'Register-OktaPasskey'
        'Select-OktaContext'
        'Test-OktaConnection'
    )
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
    TypesToProcess = @('ConnectOkta.Types.ps1xml')
    FormatsToProcess = @('ConnectOkta.Format.ps1xml')
    PrivateData = @{
        PSData = @{
            Tags = @('Okta', 'OAuth2', 'OIDC', 'PKCE', 'DPoP', 'AccessToken', 'Authentication', 'Identity', 'Passkey', 'WebAuthn', 'FIDO2', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://github.com/connect-okta/connect-okta/blob/main/LICENSE'
            ProjectUri = '@homepage'
            IconUri = 'https://raw.githubusercontent.com/connect-okta/connect-okta/main/packages/powershell-shim/module/icon.png'
            ReleaseNotes = 'https://github.com/connect-okta/connect-okta/blob/main/packages/powershell-shim/CHANGELOG.md'
        }
    }
}
