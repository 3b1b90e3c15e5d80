function New-OktaSession {
    # What a new shim would have to know to go on with a session: what it was connected with, the secret not as text.
    param($Parameters, $SecretName)

    $known = $Parameters.Clone()
    foreach ($name in 'forceLogin', 'noBrowser', $SecretName) { $known.Remove($name) }
    $method = 'connect'
    if ($SecretName -ceq '') {
        # Nobody is asked to sign in twice: the store has the login.
        $method = 'resume'
        foreach ($name in 'grant', 'redirectUri') { $known.Remove($name) }
    }
    $secret = ConvertTo-Secret $Parameters[$SecretName]
    return @{ Method = $method; Parameters = $known; SecretName = $SecretName; Secret = $secret }
}
