function Write-OktaConnection {
    # Says what was connected, where somebody wants to know.
    param($Cmdlet, $Answer, $PassThru)

    $said = ConvertFrom-ShimLine $Answer
    $Cmdlet.WriteVerbose("Connected to $($said.orgUrl) by $($said.grant), with $($said.scopes -join ' ').")
    if ($PassThru) { $Cmdlet.WriteObject((ConvertTo-OktaContext $said)) }
}
