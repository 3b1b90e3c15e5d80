function Set-OktaSession {
    # Makes a session the one of this runspace, and the latest of this process.
    param([psobject] $Session)

    $script:Session = $Session
    [System.AppDomain]::CurrentDomain.SetData($script:LatestSessionKey, $Session)
    $table = Get-OktaSessionTable
    $table[$Session.Key] = $Session
}
