function Get-ShimAnswer {
    # As Invoke-Shim, but the answer is not read yet, which takes a while. A shim that dies is started once more. What is rare
    # is done elsewhere: the engine compiles the whole of a function at its first call.
    param($Cmdlet, $Method, $Parameters, $Target, $IsRepeatable = $true, $Session)

    if (-not (Assert-Text $Cmdlet $Parameters)) { return }
    if ($Method -cin 'token', 'api', 'context', 'disconnect') {
        # Each request names its session, so that a shim can never act on another one.
        $Parameters = $Parameters.Clone()
        $Parameters['session'] = ''
        if ($null -eq $Session) { $Session = Get-OktaSession }
        if ($null -ne $Session -and -not $Session.IsEnded) { $Parameters['session'] = $Session.Id }
    }
    Start-Shim $Cmdlet
    $answer = Request-Shim $Cmdlet $Method $Parameters
    if ($answer -cmatch $script:UnknownSession) { $answer = Resume-Shim $Cmdlet $Method $Parameters $Session }
    if ($null -eq $answer) { $answer = Restart-Shim $Cmdlet $Method $Parameters $Target $IsRepeatable $Session }
    if ($answer -cnotmatch $script:ErrorAnswer) { return $answer }
    $Cmdlet.WriteError((ConvertTo-OktaErrorRecord (ConvertFrom-ShimLine $answer) $Target))
}
