function Remove-OktaSession {
    # Ends a session in every runspace of this process, also in one that connected to the same app and account itself.
    param([psobject] $Session)

    # First, so that a runspace that connects meanwhile does not share the state.
    $removed = $null
    $null = (Get-SessionRegistry).Sessions.TryRemove($Session.Key, [ref] $removed)
    $Session.State.IsEnded = $true
}
