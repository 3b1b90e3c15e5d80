function Get-ShimAnswer {
    # As Invoke-Shim, for who may not need to know what the answer holds. A shim that dies is started once more, and told of
    # the session that it had. What is rare is done elsewhere: the engine compiles the whole of a function at its first call.
    param($Cmdlet, $Method, $Parameters, $Target, $IsRepeatable = $true)

    Start-Shim $Cmdlet
    if ($script:ShimIsReplayed) { $answer = Request-Shim $Cmdlet $Method $Parameters }
    else { $answer = Resume-Shim $Cmdlet $Method $Parameters }
    if ($null -eq $answer) { $answer = Restart-Shim $Cmdlet $Method $Parameters $Target $IsRepeatable }
    if ($answer -cnotmatch $script:ErrorAnswer) { return $answer }
    $Cmdlet.WriteError((ConvertTo-OktaErrorRecord (ConvertFrom-ShimLine $answer) $Target))
}
