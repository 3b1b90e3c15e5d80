function Resume-Shim {
    # Sends a request to a shim that may not know the session of this runspace yet: then it is told first. Returns the answer,
    # or that to the session where it is an error, or nothing where the shim ended before.
    param($Cmdlet, $Method, $Parameters)

    if (-not $script:ShimIsReplayed -and $Method -in 'token', 'api', 'context', 'disconnect') {
        $answer = Request-Shim $Cmdlet $script:Session.Method (Get-SessionParameters)
        if ($null -eq $answer -or $answer -cmatch $script:ErrorAnswer) { return $answer }
        $script:ShimIsReplayed = $true
    }
    return Request-Shim $Cmdlet $Method $Parameters
}
