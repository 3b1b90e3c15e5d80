function Get-ConnectCommand {
    # Returns the command that connects a session again.
    param([psobject] $Session)

    $parameters = $Session.Parameters
    if ($parameters.ContainsKey('profile')) { return "Connect-Okta -Profile $($parameters.profile)" }
    $parts = @('Connect-Okta')
    if ($null -ne $Session.Broker) { $parts += "-Broker $($Session.Broker)" }
    else { $parts += "-Tenant $($Session.OrgUrl -creplace '^https://', '')" }
    if ($null -ne $Session.ClientId) { $parts += "-ClientId $($Session.ClientId)" }
    if ($null -ne $Session.Connection) { $parts += "-Connection $($Session.Connection)" }
    if ($parameters.ContainsKey('redirectUri')) { $parts += "-RedirectUri $($parameters.redirectUri -join ', ')" }
    if ($Session.Secrets.ContainsKey('apiToken')) { $parts += '-ApiToken $token' }
    if ($Session.Secrets.ContainsKey('accessToken')) { $parts += '-AccessToken $token' }
    if ($parameters.ContainsKey('scopes') -and "$($parameters.scopes)" -cne 'okta.users.manage') {
        $parts += "-Scopes $($parameters.scopes -join ', ')"
    }
    return $parts -join ' '
}
