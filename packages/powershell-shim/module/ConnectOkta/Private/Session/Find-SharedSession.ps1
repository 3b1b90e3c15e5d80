function Find-SharedSession {
    # Returns the session for a runspace that has not used one: the session of the runspaces that connected or selected one. Returns
    # nothing if they use different ones, because a runspace does not know which of them started it.
    $registry = Get-SessionRegistry
    $sessions = @($registry.Runspaces.Values | Where-Object {
            -not $_.IsShared -and -not $_.Session.State.IsEnded -and "$($_.Runspace.RunspaceStateInfo.State)" -ceq 'Opened'
        } | ForEach-Object { $_.Session })
    # The runspace that connected it may have closed.
    if ($sessions.Count -eq 0) { $sessions = @(Get-ConnectedSession) }
    if (@($sessions | Select-Object -ExpandProperty Key -Unique).Count -eq 1) { return $sessions[0] }
}
