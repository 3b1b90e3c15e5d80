function Remove-OktaSession {
    # Ends a session in every runspace of this process, also in one that connected to the same app and account itself.
    param([psobject] $Session)

    $Session.State.IsEnded = $true
    $table = Get-OktaSessionTable
    $table.Remove($Session.Key)
}
