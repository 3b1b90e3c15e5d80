function Get-SessionParameter {
    # Returns the parameters that a session was connected with, including its secret as text.
    param([psobject] $Session)

    $parameters = $Session.Parameters.Clone()
    if ($Session.SecretName -cne '') { $parameters[$Session.SecretName] = ConvertFrom-Secret -Secret $Session.Secret }
    return $parameters
}
