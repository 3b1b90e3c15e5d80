@{
    RootModule = 'ConnectOkta.psm1'
    ModuleVersion = '0.0.0'
    GUID = 'c0c2f6b4-9f1e-4b43-8f0e-6d8a2f3f7a51'
    Author = 'Connect-Okta contributors'
    CompanyName = 'Connect-Okta contributors'
    Copyright = '(c) Connect-Okta contributors. MIT License.'
    Description = 'Gets an access token to interact with Okta APIs, interactively or headless, stores it and renews it. Requires Node.js 20.19 or later.'
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
            Tags = @('Okta', 'OAuth2', 'DPoP', 'AccessToken', 'Identity', 'Passkey', 'WebAuthn', 'FIDO2', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://opensource.org/license/mit'
            ProjectUri = '@homepage'
            IconUri = 'https://unpkg.com/@connect-okta/powershell-shim/dist/icon.png'
            ReleaseNotes = 'https://unpkg.com/@connect-okta/powershell-shim/CHANGELOG.md'
        }
    }
}
