function Get-SessionParameter {
    # Returns the parameters that a session was connected with, the secret as text included.
    param([psobject] $Session)

    $parameters = $Session.Parameters.Clone()
    if ($Session.SecretName -cne '') { $parameters[$Session.SecretName] = ConvertFrom-Secret -Secret $Session.Secret }
    return $parameters
}
