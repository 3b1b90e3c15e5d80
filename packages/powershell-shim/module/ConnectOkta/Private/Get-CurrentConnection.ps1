function Get-CurrentConnection {
    # What this process is connected to, as far as it can be tested: the key of an adopted sign-in is not known here.
    $session = Get-OktaSession
    if ($null -eq $session) { return @{} }
    $parameters = Get-SessionParameters $session
    if ($parameters.ContainsKey('recordKey')) { return @{ tenant = $parameters.tenant } }
    foreach ($name in 'session', 'subject') { $parameters.Remove($name) }
    return $parameters
}
