function Open-OktaSession {
    # Connects, and remembers what a new shim would have to know. Nothing has a type on the way of a first connection: the
    # engine compiles more for that.
    param($Cmdlet, $Parameters, $SecretName, $PassThru)

    $answer = Get-ShimAnswer $Cmdlet 'connect' $Parameters $Parameters['tenant']
    # One that fails leaves the earlier session as it was.
    if ($null -eq $answer) { return }
    $script:Session = New-OktaSession $Parameters $SecretName
    $script:ShimIsReplayed = $true

    $Cmdlet.WriteVerbose('Okta access token successfully retrieved.')
    if ($PassThru -or "$VerbosePreference" -cne 'SilentlyContinue') { Write-OktaConnection $Cmdlet $answer $PassThru }
}
