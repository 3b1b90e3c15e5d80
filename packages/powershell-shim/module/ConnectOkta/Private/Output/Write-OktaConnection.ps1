function Write-OktaConnection {
    # Writes a connection as a verbose message, and with -PassThru as output.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Session, [psobject] $Context, [bool] $PassThru)

    $account = ''
    if ($null -ne $Context.account) { $account = " as $($Context.account)" }
    $by = $Context.grant
    if ($null -ne $Context.broker) { $by = "the broker $($Context.broker)" }
    $Cmdlet.WriteVerbose("Connected to $($Context.orgUrl)$account by $by, with $($Context.scopes -join ' ').")
    if ($PassThru) { $Cmdlet.WriteObject((ConvertTo-OktaContext -Context $Context -Session $Session -Status 'Current')) }
}
