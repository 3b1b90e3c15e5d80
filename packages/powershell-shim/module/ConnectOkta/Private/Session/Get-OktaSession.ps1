function Get-OktaSession {
    # Returns the session that a cmdlet of this runspace uses: the one that this runspace connected or has used, or else that of the
    # process. Returns nothing if there is none, or if it has ended: a runspace does not change to another org by itself.
    $domain = [System.AppDomain]::CurrentDomain
    # Another instance of the module may have connected it: see Save-OktaSession.
    if ($null -eq $script:Session) { $script:Session = $domain.GetData((Get-OktaSessionKey)) }
    if ($null -eq $script:Session) {
        $latest = $domain.GetData($script:LatestSessionKey)
        if ($null -ne $latest -and -not $latest.Session.State.IsEnded) { $script:Session = $latest.Session }
    }
    if ($null -ne $script:Session -and -not $script:Session.State.IsEnded) { return $script:Session }
}
