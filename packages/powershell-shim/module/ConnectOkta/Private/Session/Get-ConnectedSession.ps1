function Get-ConnectedSession {
    # Returns the sessions that this process has connected, in the order of their connection.
    # A copy, because other runspaces may change the table.
    @((Get-SessionRegistry).Sessions.Values) | Where-Object { -not $_.State.IsEnded } | Sort-Object -Property ConnectedAt
}
