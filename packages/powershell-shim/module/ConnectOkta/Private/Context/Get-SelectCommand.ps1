function Get-SelectCommand {
    # Returns the command that selects a session of this process.
    param([psobject] $Session)

    $command = "Select-OktaContext $(([uri] $Session.OrgUrl).Authority)"
    $others = @(Get-ConnectedSession | Where-Object { $_.OrgUrl -ceq $Session.OrgUrl })
    if ($others.Count -gt 1 -and $null -ne $Session.ClientId) { $command += " -ClientId $($Session.ClientId)" }
    $others = @($others | Where-Object { $_.ClientId -ceq $Session.ClientId })
    if ($others.Count -gt 1 -and $null -ne $Session.Account) { $command += " -Account $($Session.Account)" }
    return $command
}
