if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    throw 'ConnectOkta does not run in Constrained Language Mode, which does not allow it to start Node.js. Ask the administrator of this ' +
        'machine to allow the module in its application control policy, or use PowerShell on another machine.'
}
Set-StrictMode -Version 3.0

# The Node process of this runspace: see Start-NodeProcess.
$script:NodeProcess = $null
# A Node.js that is too old: see Skip-OldNode.
$script:OldNode = $null
# The methods of the Node process that use no session: see Invoke-NodeMethod.
$script:MethodsWithoutSession = 'connect', 'adopt', 'logins', 'newKey', 'publicKey', 'test', 'profiles'
# The parameters of a connection that are secrets: see New-OktaSession.
$script:SecretParameters = 'jsonWebKey', 'keyPassphrase', 'clientSecret', 'apiToken', 'accessToken'
# For an error about a key that Okta does not accept.
$script:KeyTypeHint = 'Use an RSA key of at least 2048 bits, or an EC key with the curve P-256, P-384 or P-521.'
# The progress bar that is shown: see Write-OktaProgress.
$script:ProgressRecord = $null
# Characters that control a terminal: control characters and bidirectional controls.
$script:ControlCharacter = '[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]'
# For text that programs read.
$script:Culture = [System.Globalization.CultureInfo]::InvariantCulture
# The scopes of Okta's API, separated by spaces. The build inserts those of @connect-okta/core: see Get-OktaScopeCompletion.
$script:OktaScopes = '@oktaScopes'

#functions: the build inserts the functions of Private and Public here, because one file loads faster than many

$ExecutionContext.SessionState.Module.OnRemove = { Stop-NodeProcess }

if (Get-CommandConflictText) {
    Write-Warning ('DSInternals.Passkeys is also loaded. Connect-Okta, Disconnect-Okta, Get-OktaPasskeyRegistrationOptions and ' +
        'Register-OktaPasskey now run the cmdlets of ConnectOkta. See Get-Help about_ConnectOkta.')
}

Export-ModuleMember -Function @(
    'Connect-Okta', 'Disconnect-Okta', 'Get-OktaAccessToken', 'Get-OktaContext', 'Get-OktaPasskeyRegistrationOptions',
    'Get-OktaUserId', 'Invoke-OktaApi', 'New-OktaJsonWebKey', 'Register-OktaPasskey', 'Select-OktaContext', 'Test-OktaConnection'
)
