function Invoke-Shim {
    # Has the shim do something and returns what came of it. An error is written as one of the cmdlet, and nothing returned.
    # A shim that dies is started once more, and told of the session that it had.
    param($Cmdlet, [string] $Method, [hashtable] $Parameters = @{}, $Target, $IsRepeatable = $true)

    for ($deaths = 0; $deaths -lt 2; $deaths++) {
        Start-Shim $Cmdlet
        $answer = $null
        $isLost = -not $script:Shim['IsReplayed'] -and $Method -in 'token', 'api', 'context', 'disconnect'
        if ($isLost) { $answer = Request-Shim $Cmdlet $script:Session.Method (Get-SessionParameters) }
        $isKnown = -not $isLost -or ($null -ne $answer -and -not $answer['IsError'])
        if ($isKnown) {
            $script:Shim['IsReplayed'] = $script:Shim['IsReplayed'] -or $isLost
            $answer = Request-Shim $Cmdlet $Method $Parameters
        }
        if ($null -ne $answer) {
            if ($answer['IsError']) { $Cmdlet.WriteError((ConvertTo-OktaErrorRecord $answer['Content'] $Target)) }
            elseif ($null -ne $answer['Content']) { return $answer['Content'] }
            return
        }
        if (-not $script:Shim['HasAnswered']) { Assert-NodeVersion $Cmdlet $script:Shim['Node'] }
        # Nobody can tell whether Okta has had it already.
        if ($isKnown -and -not $IsRepeatable) { break }
    }
    $said = ''
    if ($script:Shim['LastWords'].Wait(1000)) { $said = $script:Shim['LastWords'].Result.Trim() }
    if ($said.Length -gt 2000) { $said = $said.Substring($said.Length - 2000) }
    $hint = 'Try again. If it goes on, report it with the words of the shim.'
    if ($deaths -eq 0) { $hint = 'Whether Okta has carried out the request is not known: look before you repeat it.' }
    Stop-WithError $Cmdlet 'OktaShimEnded' "The program behind the cmdlets has ended unexpectedly. $said".Trim() $hint `
        'ResourceUnavailable' $Target
}
