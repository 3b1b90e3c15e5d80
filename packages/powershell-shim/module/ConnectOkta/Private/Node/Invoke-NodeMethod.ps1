function Invoke-NodeMethod {
    # Calls a method of the Node process (src/methods.ts) and returns its result. A failure is an error of the cmdlet. If the
    # process ends before it responds, starts another one and calls the method once more, unless the call had an output; with
    # -NoRetry only if the process has not received the call.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [string] $Method,
        [hashtable] $Parameters = @{},
        [object] $Target,
        [psobject] $Session,
        # The key that signs, if the parameters have one. Default: the one of the session.
        [psobject] $Signer,
        [switch] $NoRetry
    )

    $textError = Get-TextErrorRecord -Parameters $Parameters
    if ($null -ne $textError) { Write-OktaError -Cmdlet $Cmdlet -Record $textError; return }
    if ($Method -cnotin $script:MethodsWithoutSession) {
        # Each call names its session, so that the process never uses another one.
        if ($null -eq $Session) { $Session = Get-OktaSession }
        $Parameters = $Parameters.Clone()
        $Parameters['session'] = ''
        if ($null -ne $Session -and -not $Session.State.IsEnded) { $Parameters['session'] = $Session.Id }
    }

    if ($null -eq $Signer -and $null -ne $Session) { $Signer = $Session.Signer }

    $response = $null
    $canRetry = $true
    for ($attempt = 1; $attempt -le 2 -and $null -eq $response -and $canRetry; $attempt++) {
        $node = Start-NodeProcess -Cmdlet $Cmdlet
        $call = [pscustomobject] @{ Method = $Method; Parameters = $Parameters; Signer = $Signer; IsSent = $false; HasOutput = $false }
        $response = Invoke-NodeRequest -Cmdlet $Cmdlet -Node $node -Call $call
        if ($null -ne $response -and $response.Status -ceq 'unknown-session') {
            $call.IsSent = $false
            $response = Restore-NodeSession -Cmdlet $Cmdlet -Node $node -Session $Session
            if ($null -ne $response -and $response.Status -ceq 'ok') {
                $response = Invoke-NodeRequest -Cmdlet $Cmdlet -Node $node -Call $call
            }
        }
        if ($null -ne $response) { break }
        if (Skip-OldNode -Cmdlet $Cmdlet -Node $node) { $attempt = 0; continue }
        $canRetry = -not $call.HasOutput -and -not ($NoRetry -and $call.IsSent)
    }
    if ($null -eq $response) {
        $Cmdlet.ThrowTerminatingError((New-NodeEndedErrorRecord -Node $node -Target $Target -IsResultUnknown:(-not $canRetry)))
    }
    if ($response.Status -ceq 'ok') {
        if ($null -ne $response.Content) { return $response.Content }
        return
    }
    $record = ConvertTo-OktaErrorRecord -Failure $response.Content -Target $Target -Session $Session -HasResponse ($Method -ceq 'api')
    # An error of Invoke-OktaApi has a view, which a terminating error loses.
    if ($Method -ceq 'api' -and $record.FullyQualifiedErrorId -cne 'NotConnectedToOkta') { $Cmdlet.WriteError($record) }
    else { Write-OktaError -Cmdlet $Cmdlet -Record $record }
}
