function Get-SessionParameters {
    # What a session was connected with. The secret is text for no longer than that.
    param($Session)

    $parameters = $Session.Parameters.Clone()
    if ($Session.SecretName -ne '') { $parameters[$Session.SecretName] = ConvertFrom-Secret $Session.Secret }
    return $parameters
}
