function Write-NodeOutput {
    # Writes an output of a call to the pipeline. A list is written item by item.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Method, [object] $Content)

    if ($Method -ceq 'test') { $Cmdlet.WriteObject((ConvertTo-OktaFinding -Finding $Content)) }
    else { $Cmdlet.WriteObject($Content, $true) }
}
