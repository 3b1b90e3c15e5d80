function Get-ConnectedContext {
    # Returns the context of a session. Returns nothing if its sign-in has ended.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Session)

    $context = Invoke-NodeMethod -Cmdlet $Cmdlet -Method 'context' -Session $Session
    if ($null -eq $context) { return }
    $status = 'Connected'
    $current = Get-OktaSession
    if ($null -ne $current -and $current.Id -ceq $Session.Id) { $status = 'Current' }
    return ConvertTo-OktaContext -Context $context -Session $Session -Status $status
}
