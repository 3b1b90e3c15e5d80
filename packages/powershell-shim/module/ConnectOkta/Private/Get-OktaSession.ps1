function Get-OktaSession {
    # The session that a cmdlet of this runspace uses, or nothing: the one that this runspace connected, so that runspaces
    # which connect to several orgs at once never act on the org of another; else the latest of this process.
    $domain = [System.AppDomain]::CurrentDomain
    $own = $script:Session
    # Another instance of the module may have connected it: see Save-OktaSession.
    if ($null -eq $own) { $own = $domain.GetData((Get-OktaSessionName)) }
    foreach ($session in $own, $domain.GetData($script:LatestSession)) {
        if ($null -ne $session -and -not $session.IsEnded) { return $session }
    }
}
