function Set-OktaSession {
    # Makes a session the one of this runspace, and the latest of this process.
    param($Session)

    $script:Session = $Session
    [System.AppDomain]::CurrentDomain.SetData($script:LatestSession, $Session)
}
