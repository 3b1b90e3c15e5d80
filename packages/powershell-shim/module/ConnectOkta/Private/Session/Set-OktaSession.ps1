function Set-OktaSession {
    # Makes a session the one of this runspace.
    param([psobject] $Session)

    $registry = Get-SessionRegistry
    # Disconnect-Okta ends all sessions of one app and account.
    $earlier = $registry.Sessions[$Session.Key]
    if ($null -ne $earlier) { $Session.State = $earlier.State }
    $registry.Sessions[$Session.Key] = $Session

    $runspace = [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace
    $registry.Runspaces[$runspace.InstanceId] = [pscustomobject] @{ Runspace = $runspace; Session = $Session; IsShared = $false }
    foreach ($used in @($registry.Runspaces.Values)) {
        if ("$($used.Runspace.RunspaceStateInfo.State)" -cin 'Closed', 'Broken') { $registry.Runspaces.Remove($used.Runspace.InstanceId) }
    }
}
