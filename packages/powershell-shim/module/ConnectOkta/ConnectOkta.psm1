Set-StrictMode -Version 3.0

# The state of this runspace: its shim, and what to tell a new one.
$script:Shim = $null
$script:Session = $null

# What the shim may say, to read it once before it says anything.
$script:AnyAnswer = '{"jsonrpc":"2.0","id":0,"result":"<Objs Version=''1.1.0.1'' ' +
    'xmlns=''http://schemas.microsoft.com/powershell/2004/04''><S></S></Objs>"}'

#functions: the build puts those of Private and Public here, since one file loads faster than many

$ExecutionContext.SessionState.Module.OnRemove = { Stop-Shim }

Export-ModuleMember -Function @(
    'Connect-Okta', 'Disconnect-Okta', 'Get-OktaAccessToken', 'Get-OktaContext', 'Invoke-OktaApi', 'New-OktaJsonWebKey',
    'Test-OktaConnection'
)
