function Get-SessionParameters {
    # What a new shim has to know to go on with the session. The secret is text for no longer than that.
    $parameters = $script:Session.Parameters.Clone()
    if ($script:Session.SecretName -ne '') {
        $parameters[$script:Session.SecretName] = ConvertFrom-Secret $script:Session.Secret
    }
    return $parameters
}
