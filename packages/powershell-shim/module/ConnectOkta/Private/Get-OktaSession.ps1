function Get-OktaSession {
    # The session that a cmdlet of this runspace uses, or nothing: the one that this runspace connected, so that runspaces
    # which connect to several orgs at once never act on the org of another; else the latest of this process.
    $state = Get-ProcessState
    $own = $null
    $null = $state.ByRunspace.TryGetValue([System.Management.Automation.Runspaces.Runspace]::DefaultRunspace, [ref] $own)
    foreach ($session in $own, $state.Latest) {
        if ($null -ne $session -and -not $session.IsEnded) { return $session }
    }
}
