function Get-CurrentSessionParameter {
    # Returns the parameters of the current session for Test-OktaConnection. For a session of -ContextScope only the tenant, because
    # this process does not have its key.
    $session = Get-OktaSession
    if ($null -eq $session) { return @{} }
    $parameters = Get-SessionParameter -Session $session
    if ($parameters.ContainsKey('recordKey')) { return @{ tenant = $session.OrgUrl } }
    foreach ($name in 'subject', 'expected') { $parameters.Remove($name) }
    return $parameters
}
