function Get-ConnectedSession {
    # Returns the sessions that this process has connected, in the order of their connection.
    (Get-SessionRegistry).Sessions.Values | Where-Object { -not $_.State.IsEnded } | Sort-Object -Property ConnectedAt
}
