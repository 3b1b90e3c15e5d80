function Get-CurrentSessionParameter {
    # Returns the parameters of the current session for Test-OktaConnection. For a session of -ContextScope only the tenant, because
    # this process does not have its key.
    $session = Get-OktaSession
    if ($null -eq $session) { return @{} }
    $parameters = Get-SessionParameter -Session $session
    if ($parameters.ContainsKey('recordKey')) { return @{ tenant = $parameters.tenant } }
    foreach ($name in 'session', 'subject') { $parameters.Remove($name) }
    return $parameters
}
