function Get-OktaSession {
    # Returns the session that a cmdlet of this runspace uses: the one that this runspace connected, so that each runspace can use
    # another org, or else the latest session of the process. Returns nothing if there is none.
    $domain = [System.AppDomain]::CurrentDomain
    $own = $script:Session
    # Another instance of the module may have connected it: see Save-OktaSession.
    if ($null -eq $own) { $own = $domain.GetData((Get-OktaSessionKey)) }
    foreach ($session in $own, $domain.GetData($script:LatestSessionKey)) {
        if ($null -eq $session -or $session.IsEnded) { continue }
        # A runspace that has used a session does not change to another one that is connected meanwhile.
        $script:Session = $session
        return $session
    }
}
