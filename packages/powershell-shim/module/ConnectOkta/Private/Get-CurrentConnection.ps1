function Get-CurrentConnection {
    # What this runspace is connected to, as far as it can be tested: an app that has a key is not without it.
    param($Cmdlet)

    if ($null -ne $script:Session) { return Get-SessionParameters }
    $said = Invoke-Shim $Cmdlet 'context'
    if ($null -eq $said) { return @{} }
    $parameters = @{ tenant = $said.orgUrl }
    if ($said.grant -eq 'authorization_code') { $parameters.clientId = $said.clientId; $parameters.scopes = $said.scopes }
    return $parameters
}
