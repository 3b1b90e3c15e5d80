function Write-AccountWarning {
    # Warns if this process used another account of the org before, because another program can sign in to the same app.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Session)

    $before = Get-OktaSession
    if ($null -eq $before -or $null -eq $before.Account -or $before.OrgUrl -cne $Session.OrgUrl) { return }
    if ($before.Parameters['subject'] -cne $Session.Parameters['subject']) {
        $Cmdlet.WriteWarning("Connected as $($Session.Account). Previously, this PowerShell process was connected as $($before.Account).")
    }
}
