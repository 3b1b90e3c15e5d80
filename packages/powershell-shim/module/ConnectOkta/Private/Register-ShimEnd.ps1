function Register-ShimEnd {
    # Has a shim end with the runspace, which removes no modules then, and whose process may live on. Not by a script block:
    # the thread that ends a runspace may have none to run it in, and then ends the process.
    param($Process)

    $none = [System.Linq.Expressions.Expression]::Empty()
    $close = [System.Linq.Expressions.Expression]::Call(
        [System.Linq.Expressions.Expression]::Constant($Process.StandardInput.BaseStream),
        [System.IO.Stream].GetMethod('Close'))
    $handler = [System.Linq.Expressions.Expression]::Lambda(
        [System.Management.Automation.PSEventReceivedEventHandler],
        [System.Linq.Expressions.Expression]::TryCatch(
            $close, [System.Linq.Expressions.Expression]::Catch([System.Exception], $none)),
        [System.Linq.Expressions.ParameterExpression[]] @(
            [System.Linq.Expressions.Expression]::Parameter([object])
            [System.Linq.Expressions.Expression]::Parameter([System.Management.Automation.PSEventArgs])))
    return [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.Events.SubscribeEvent(
        $null, $null, 'PowerShell.Exiting', $null, $handler.Compile(), $true, $false)
}
