function Write-OktaError {
    # Writes an error of a cmdlet. Without pipeline input, it ends the cmdlet: a script that fails to connect must not continue in the
    # org before, and try and catch see the error. With pipeline input, the other objects are processed. -ErrorAction selects what
    # PowerShell does.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Management.Automation.ErrorRecord] $Record)

    $invocation = $Cmdlet.MyInvocation
    if ($invocation.ExpectingInput -or $invocation.BoundParameters.ContainsKey('ErrorAction')) { $Cmdlet.WriteError($Record) }
    else { $Cmdlet.ThrowTerminatingError($Record) }
}
