function Resume-Shim {
    # Sends a request to a shim that may not know the session of this runspace yet: then it is told first. Returns the answer,
    # or that to the session where it is an error, or nothing where the shim ended before.
    param($Cmdlet, [string] $Method, [hashtable] $Parameters)

    if (-not $script:Shim['IsReplayed'] -and $Method -in 'token', 'api', 'context', 'disconnect') {
        $answer = Request-Shim $Cmdlet $script:Session.Method (Get-SessionParameters)
        if ($null -eq $answer -or $answer['IsError']) { return $answer }
        $script:Shim['IsReplayed'] = $true
    }
    return Request-Shim $Cmdlet $Method $Parameters
}
