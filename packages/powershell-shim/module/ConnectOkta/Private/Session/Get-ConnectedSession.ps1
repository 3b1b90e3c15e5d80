function Get-ConnectedSession {
    # Returns the sessions that this process has connected, in the order of their connection.
    $table = Get-OktaSessionTable
    # A copy, because other runspaces may change the table.
    @($table.Values) | Where-Object { -not $_.State.IsEnded } | Sort-Object -Property ConnectedAt
}
