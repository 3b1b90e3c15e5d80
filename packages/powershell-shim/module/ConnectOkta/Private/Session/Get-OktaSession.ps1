function Get-OktaSession {
    # Returns the session that a cmdlet of this runspace uses: the one that this runspace connected, selected or has used. It never
    # changes to another one by itself, also if that has ended. A new runspace uses the session of the process: see Find-SharedSession.
    # Returns nothing if there is none.
    $runspace = [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace
    $runspaces = (Get-SessionRegistry).Runspaces
    $used = $runspaces[$runspace.InstanceId]
    if ($null -eq $used) {
        $session = Find-SharedSession
        if ($null -eq $session) { return }
        $used = [pscustomobject] @{ Runspace = $runspace; Session = $session; IsShared = $true }
        $runspaces[$runspace.InstanceId] = $used
    }
    if (-not $used.Session.State.IsEnded) { return $used.Session }
}
