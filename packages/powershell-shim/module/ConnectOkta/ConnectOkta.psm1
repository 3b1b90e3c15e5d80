Set-StrictMode -Version 3.0

# The state of this runspace: its shim, and what to tell a new one.
$script:Shim = $null
$script:Session = $null

#functions: the build puts those of Private and Public here, since one file loads faster than many

$ExecutionContext.SessionState.Module.OnRemove = { Stop-Shim }

Export-ModuleMember -Function @(
    'Connect-Okta', 'Disconnect-Okta', 'Get-OktaAccessToken', 'Get-OktaContext', 'Invoke-OktaApi', 'New-OktaJsonWebKey',
    'Test-OktaConnection'
)
