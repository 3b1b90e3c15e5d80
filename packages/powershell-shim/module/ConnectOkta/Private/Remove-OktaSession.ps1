function Remove-OktaSession {
    # Ends a session in every runspace of this process. Nothing takes its place: not even a later session of another runspace.
    param($Session)

    $Session.IsEnded = $true
    [System.AppDomain]::CurrentDomain.SetData($script:LatestSession, $null)
}
