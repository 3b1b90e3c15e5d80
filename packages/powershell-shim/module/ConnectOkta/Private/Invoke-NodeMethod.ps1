function Invoke-NodeMethod {
    # Calls a method of the Node process (src/methods.ts) and returns its result. Writes a failure as an error of the cmdlet. If the
    # process ends before it responds, starts another one and calls the method once more; with -NoRetry only if it has not
    # received the call.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [string] $Method,
        [hashtable] $Parameters = @{},
        [object] $Target,
        [psobject] $Session,
        [switch] $NoRetry
    )

    $textError = Get-TextErrorRecord -Parameters $Parameters
    if ($null -ne $textError) { $Cmdlet.WriteError($textError); return }
    if ($Method -cin 'token', 'api', 'context', 'disconnect') {
        # Each call names its session, so that the process never uses another one.
        if ($null -eq $Session) { $Session = Get-OktaSession }
        $Parameters = $Parameters.Clone()
        $Parameters['session'] = ''
        if ($null -ne $Session -and -not $Session.IsEnded) { $Parameters['session'] = $Session.Id }
    }

    $response = $null
    $isOpen = $false
    for ($attempt = 1; $attempt -le 2 -and $null -eq $response -and -not $isOpen; $attempt++) {
        Start-NodeProcess -Cmdlet $Cmdlet
        $call = @{ Cmdlet = $Cmdlet; Method = $Method; Parameters = $Parameters }
        $response = Invoke-NodeRequest @call
        if ($null -ne $response -and $response.Status -ceq 'unknown-session') {
            $response = Restore-NodeSession -Cmdlet $Cmdlet -Session $Session
            if ($null -ne $response -and $response.Status -ceq 'ok') { $response = Invoke-NodeRequest @call }
        }
        if ($null -ne $response) { break }
        if (-not $script:NodeProcess.HasResponded) { Assert-NodeVersion -Cmdlet $Cmdlet -NodePath $script:NodeProcess.Path }
        $isOpen = $NoRetry -and $script:NodeProcess.LastMethod -ceq $Method
    }
    if ($null -eq $response) { $Cmdlet.ThrowTerminatingError((New-NodeEndedErrorRecord -Target $Target -IsResultUnknown:$isOpen)) }
    if ($response.Status -ceq 'ok') {
        if ($null -ne $response.Content) { return $response.Content }
        return
    }
    $Cmdlet.WriteError((ConvertTo-OktaErrorRecord -Failure $response.Content -Target $Target))
}
