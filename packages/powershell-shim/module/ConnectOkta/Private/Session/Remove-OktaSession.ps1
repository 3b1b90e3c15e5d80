function Remove-OktaSession {
    # Ends a session in every runspace of this process. No other session replaces it, such as the latest one of another runspace.
    param([psobject] $Session)

    $Session.IsEnded = $true
    [System.AppDomain]::CurrentDomain.SetData($script:LatestSessionKey, $null)
    $table = Get-OktaSessionTable
    if ($table[$Session.Key] -eq $Session) { $table.Remove($Session.Key) }
}
