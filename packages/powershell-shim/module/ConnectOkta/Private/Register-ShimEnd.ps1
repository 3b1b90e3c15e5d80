function Register-ShimEnd {
    # Has a shim end with the runspace, which removes no modules then, and whose process may live on. Returns what undoes
    # it: see Stop-Shim. Not by a script block: the thread that ends a runspace may have none to run it in, and then ends the
    # process.
    $close = [System.Linq.Expressions.Expression]::Call(
        [System.Linq.Expressions.Expression]::Constant($script:ShimInput.BaseStream), 'Close', $null)
    $handler = [System.Linq.Expressions.Expression]::Lambda(
        [System.EventHandler[System.Management.Automation.Runspaces.RunspaceStateEventArgs]],
        $close,
        [System.Linq.Expressions.Expression]::Parameter([object]),
        [System.Linq.Expressions.Expression]::Parameter([System.Management.Automation.Runspaces.RunspaceStateEventArgs])).Compile()
    [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.add_StateChanged($handler)
    return $handler
}
