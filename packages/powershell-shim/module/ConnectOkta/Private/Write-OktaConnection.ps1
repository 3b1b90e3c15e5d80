function Write-OktaConnection {
    # Says what was connected, and as which account, for callers that want to know.
    param($Cmdlet, $Answer, $PassThru)

    $said = ConvertFrom-ShimLine $Answer
    $who = ''
    if ($null -ne $said.account) { $who = " as $($said.account)" }
    $Cmdlet.WriteVerbose("Connected to $($said.orgUrl)$who by $($said.grant), with $($said.scopes -join ' ').")
    if ($PassThru) { $Cmdlet.WriteObject((ConvertTo-OktaContext $said)) }
}
