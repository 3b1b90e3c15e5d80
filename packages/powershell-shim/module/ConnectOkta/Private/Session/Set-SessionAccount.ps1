function Set-SessionAccount {
    # Stores the account that signed in: a session never uses another one. Warns if this process used another account before, because
    # another program can sign in to the same app.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Session, [psobject] $Context)

    $Session.OrgUrl = $Context.orgUrl
    $Session.Account = $Context.account
    $Session.Parameters['subject'] = $Context.subject
    $before = Get-OktaSession
    if ($null -eq $before -or $null -eq $before.Account -or $before.OrgUrl -cne $Context.orgUrl) { return }
    if ($before.Parameters['subject'] -cne $Context.subject) {
        $Cmdlet.WriteWarning("Connected as $($Context.account). Before, this PowerShell process was connected as $($before.Account).")
    }
}
