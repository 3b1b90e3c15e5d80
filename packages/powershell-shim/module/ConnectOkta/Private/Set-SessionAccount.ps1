function Set-SessionAccount {
    # Notes which account signed in: a session never continues with another one. Warns where a stored sign-in is of another
    # account than this process used before, since another program can sign in to the same app.
    param($Cmdlet, $Session, $Answer)

    $said = ConvertFrom-ShimLine $Answer
    $Session.OrgUrl = $said.orgUrl
    $Session.Account = $said.account
    $Session.Parameters['subject'] = $said.subject
    $before = Get-OktaSession
    if ($null -eq $before -or $null -eq $before.Account -or $before.OrgUrl -cne $said.orgUrl) { return }
    if ($before.Parameters['subject'] -cne $said.subject) {
        $Cmdlet.WriteWarning("Connected as $($said.account). Before, this PowerShell process was connected as $($before.Account).")
    }
}
