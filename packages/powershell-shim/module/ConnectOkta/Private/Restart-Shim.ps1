function Restart-Shim {
    # After a shim has ended in the middle of a request: asks another one, or says why not.
    param($Cmdlet, $Method, $Parameters, $Target, $IsRepeatable, $Session)

    if (-not $script:ShimHasAnswered) { Assert-NodeVersion $Cmdlet $script:Node }
    # Nobody can tell whether Okta has had it already.
    $isOpen = -not $IsRepeatable -and $script:ShimMethod -eq $Method
    if (-not $isOpen) {
        Start-Shim $Cmdlet
        $answer = Request-Shim $Cmdlet $Method $Parameters
        if ($answer -cmatch $script:UnknownSession) { $answer = Resume-Shim $Cmdlet $Method $Parameters $Session }
        if ($null -ne $answer) { return $answer }
        if (-not $script:ShimHasAnswered) { Assert-NodeVersion $Cmdlet $script:Node }
        $isOpen = -not $IsRepeatable -and $script:ShimMethod -eq $Method
    }
    $hint = 'Try again. If it goes on, report it with the words of the shim.'
    if ($isOpen) { $hint = 'Whether Okta has carried out the request is not known: look before you repeat it.' }
    $said = ''
    if ($script:ShimLastWords.Wait(1000)) { $said = $script:ShimLastWords.Result.Trim() -creplace '\s+', ' ' }
    if ($said.Length -gt 2000) { $said = $said.Substring($said.Length - 2000) }
    Stop-WithError $Cmdlet 'OktaShimEnded' "The program behind the cmdlets has ended unexpectedly. $said".Trim() $hint `
        'ResourceUnavailable' $Target
}
