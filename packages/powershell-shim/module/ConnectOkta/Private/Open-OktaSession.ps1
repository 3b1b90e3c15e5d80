function Open-OktaSession {
    # Connects, and remembers what a new shim would have to know. Flags have no type here: the engine compiles more for a
    # function that has some.
    param($Cmdlet, [hashtable] $Parameters, [string] $SecretName, [securestring] $Secret, $PassThru)

    $options = $Parameters.Clone()
    if ($SecretName -ne '') { $options[$SecretName] = ConvertFrom-Secret $Secret }
    $answer = Get-ShimAnswer $Cmdlet 'connect' $options $Parameters['tenant']
    # One that fails leaves the earlier session as it was.
    if ($null -eq $answer) { return }

    $known = $Parameters.Clone()
    foreach ($name in 'forceLogin', 'noBrowser') { $known.Remove($name) }
    $method = 'connect'
    if ($SecretName -eq '') {
        # Nobody is asked to sign in twice: the store has the login.
        $method = 'resume'
        foreach ($name in 'grant', 'redirectUri') { $known.Remove($name) }
    }
    $script:Session = @{ Method = $method; Parameters = $known; SecretName = $SecretName; Secret = $Secret }
    $script:Shim['IsReplayed'] = $true

    $Cmdlet.WriteVerbose('Okta access token successfully retrieved.')
    if ($PassThru -or $VerbosePreference -ne 'SilentlyContinue') { Write-OktaConnection $Cmdlet $answer $PassThru }
}
