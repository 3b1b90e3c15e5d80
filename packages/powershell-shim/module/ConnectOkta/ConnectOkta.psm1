Set-StrictMode -Version 3.0

# The state of this runspace: its shim, and what to tell a new one.
$script:Shim = $null
$script:Session = $null

#functions: the build puts those of Private and Public here, since one file loads faster than many

# A runspace ends without removing its modules, and its process may live on.
$script:Exiting = [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.Events.SubscribeEvent(
    $null, $null, 'PowerShell.Exiting', $null,
    [System.Management.Automation.PSEventReceivedEventHandler] { Stop-Shim }, $true, $false)
$ExecutionContext.SessionState.Module.OnRemove = {
    [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.Events.UnsubscribeEvent($script:Exiting)
    Stop-Shim
}

Register-ArgumentCompleter -CommandName 'Connect-Okta', 'Test-OktaConnection' -ParameterName 'Scopes' -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    Complete-OktaScope $wordToComplete
}
Register-ArgumentCompleter -CommandName 'Connect-Okta', 'Test-OktaConnection' -ParameterName 'Tenant' -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    Complete-OktaTenant $wordToComplete
}

Export-ModuleMember -Function @(
    'Connect-Okta', 'Disconnect-Okta', 'Get-OktaAccessToken', 'Get-OktaContext', 'Invoke-OktaApi', 'New-OktaJsonWebKey',
    'Test-OktaConnection'
)
