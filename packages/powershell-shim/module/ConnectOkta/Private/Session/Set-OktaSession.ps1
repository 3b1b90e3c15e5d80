function Set-OktaSession {
    # Makes a session the one of this runspace.
    param([psobject] $Session)

    $registry = Get-SessionRegistry
    # Disconnect-Okta ends all sessions of one app and account.
    $Session.State = $registry.Sessions.GetOrAdd($Session.Key, $Session).State
    $registry.Sessions[$Session.Key] = $Session

    $runspace = [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace
    $registry.Runspaces[$runspace.InstanceId] = [pscustomobject] @{ Runspace = $runspace; Session = $Session; IsShared = $false }
    $removed = $null
    foreach ($used in $registry.Runspaces.Values) {
        if ("$($used.Runspace.RunspaceStateInfo.State)" -cin 'Closed', 'Broken') {
            $null = $registry.Runspaces.TryRemove($used.Runspace.InstanceId, [ref] $removed)
        }
    }
}
