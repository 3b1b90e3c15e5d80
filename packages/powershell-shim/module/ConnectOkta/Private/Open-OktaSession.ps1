function Open-OktaSession {
    # Connects, and makes this the session of the runspace and the process. Nothing has a type on the way of a first
    # connection: the engine compiles more for that.
    param($Cmdlet, $Parameters, $SecretName, $PassThru)

    $id = "$([guid]::NewGuid())"
    $Parameters['session'] = $id
    $answer = Get-ShimAnswer $Cmdlet 'connect' $Parameters $Parameters['tenant']
    # One that fails leaves the earlier session as it was.
    if ($null -eq $answer) { return }
    $session = New-OktaSession $id $Parameters $SecretName
    if ($SecretName -ceq '') { Set-SessionAccount $Cmdlet $session $answer }
    Set-OktaSession $session

    $Cmdlet.WriteVerbose('Okta access token successfully retrieved.')
    if ($PassThru -or "$VerbosePreference" -cne 'SilentlyContinue') { Write-OktaConnection $Cmdlet $answer $PassThru }
}
