function Set-OktaSession {
    # Makes a session the one of this runspace, and of the runspaces that have none. The numbers of runspaces ascend: a runspace that a
    # script starts does not change the session of the runspaces that the script starts next.
    param([psobject] $Session)

    $table = Get-OktaSessionTable
    $earlier = $table[$Session.Key]
    if ($null -ne $earlier) { $Session.State = $earlier.State }
    $table[$Session.Key] = $Session

    $script:Session = $Session
    $domain = [System.AppDomain]::CurrentDomain
    $id = [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.Id
    $latest = $domain.GetData($script:LatestSessionKey)
    if ($null -eq $latest -or $latest.Session.State.IsEnded -or $id -le $latest.RunspaceId) {
        $domain.SetData($script:LatestSessionKey, [pscustomobject] @{ Session = $Session; RunspaceId = $id })
    }
}
