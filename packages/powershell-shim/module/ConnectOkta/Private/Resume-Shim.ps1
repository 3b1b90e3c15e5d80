function Resume-Shim {
    # Tells a shim of a session that it does not have yet, and sends the request again. Returns its answer, or the one to the
    # session if that is an error, or nothing if the shim ended before.
    param($Cmdlet, $Method, $Parameters, $Session)

    $restored = Get-SessionParameters $Session
    $restored['session'] = $Session.Id
    $answer = Request-Shim $Cmdlet 'restore' $restored
    if ($null -eq $answer -or $answer -cmatch $script:ErrorAnswer) { return $answer }
    return Request-Shim $Cmdlet $Method $Parameters
}
