function Register-RunspaceCleanup {
    # Closes a stream when this runspace closes, which does not remove its modules. Returns the event handler: see Stop-NodeProcess.
    # Not a script block: the thread that closes a runspace may have no runspace to run it in, which would end the process.
    param([System.IO.Stream] $Stream)

    $close = [System.Linq.Expressions.Expression]::Call(
        [System.Linq.Expressions.Expression]::Constant($Stream), 'Close', $null)
    $handler = [System.Linq.Expressions.Expression]::Lambda(
        [System.EventHandler[System.Management.Automation.Runspaces.RunspaceStateEventArgs]],
        $close,
        [System.Linq.Expressions.Expression]::Parameter([object]),
        [System.Linq.Expressions.Expression]::Parameter([System.Management.Automation.Runspaces.RunspaceStateEventArgs])).Compile()
    [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.add_StateChanged($handler)
    return $handler
}
