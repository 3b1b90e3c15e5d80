function Write-NodeOutput {
    # Writes an output of a call to the pipeline. A list is written item by item.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Method, [object] $Content)

    try {
        if ($Method -ceq 'test') { $Cmdlet.WriteObject((ConvertTo-OktaFinding -Finding $Content)) }
        else { $Cmdlet.WriteObject($Content, $true) }
    }
    catch [System.Management.Automation.MethodInvocationException] {
        # An error of a cmdlet that follows in the pipeline, which may expect its own type.
        $cause = $_.Exception.InnerException -as [System.Management.Automation.RuntimeException]
        if ($null -eq $cause -or $null -eq $cause.ErrorRecord) { throw }
        throw $cause.ErrorRecord
    }
}
