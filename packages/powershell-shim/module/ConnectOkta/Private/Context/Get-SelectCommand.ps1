function Get-SelectCommand {
    # Returns the command that selects a session of this process. Nothing if no parameters select only this session.
    param([psobject] $Session)

    $parameters = @{ Tenant = ([uri] $Session.OrgUrl).Authority }
    $command = "Select-OktaContext $($parameters.Tenant)"
    foreach ($name in 'ClientId', 'Account', 'Connection') {
        if (@(Find-ConnectedSession @parameters).Count -eq 1) { return $command }
        if ($null -eq $Session.$name) { continue }
        $parameters[$name] = $Session.$name
        $command += " -$name $($Session.$name)"
    }
    if (@(Find-ConnectedSession @parameters).Count -eq 1) { return $command }
}
