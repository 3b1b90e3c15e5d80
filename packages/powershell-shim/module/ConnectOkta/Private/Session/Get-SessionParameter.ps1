function Get-SessionParameter {
    # Returns the parameters that a session was connected with, including its secrets as text.
    param([psobject] $Session)

    $parameters = $Session.Parameters.Clone()
    foreach ($name in $Session.Secrets.Keys) { $parameters[$name] = ConvertFrom-Secret -Secret $Session.Secrets[$name] }
    return $parameters
}
