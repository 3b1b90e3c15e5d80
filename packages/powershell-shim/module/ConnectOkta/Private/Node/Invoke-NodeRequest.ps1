function Invoke-NodeRequest {
    # Sends one request to the Node process, writes its outputs to the pipeline, signs for it, and waits for its response: the status (ok,
    # error or unknown-session) and the content. Returns nothing if the process ends first. The file src/protocol/line-protocol.ts
    # documents the lines.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Node, [psobject] $Call)

    $Node.LastRequestId++
    $id = $Node.LastRequestId
    $response = $null
    $isWriting = $false
    $isFinished = $false
    $stopwatch = [System.Diagnostics.Stopwatch]::StartNew()
    # Without the parameters, which may contain secrets.
    $Cmdlet.WriteDebug("Request $id to the Node process $($Node.Process.Id): $($Call.Method)")
    try {
        $json = ConvertTo-JsonText -Value $Call.Parameters
        $Call.IsSent = $true
        $isSent = Send-NodeLine -Node $Node -Line "request $id $($Call.Method) $json"
        if ($null -eq $Node.RunspaceHandler) { $Node.RunspaceHandler = Register-RunspaceCleanup -Stream $Node.Writer.BaseStream }
        while ($null -eq $response) {
            if ($isWriting) { $isSent = Send-NodeLine -Node $Node -Line "continue $id"; $isWriting = $false }
            if (-not $isSent) { break }
            $line = Receive-NodeLine -Node $Node
            if ($null -eq $line) { break }
            $word, $subject, $clixml = $line -csplit ' ', 3
            if ($word -cne 'notice' -and $subject -cne "$id") {
                # The response to a request that was cancelled.
                continue
            }
            $content = [System.Management.Automation.PSSerializer]::Deserialize($clixml)
            if ($word -ceq 'notice') {
                # Throws with preferences such as -WarningAction Stop.
                try { Write-NodeNotice -Cmdlet $Cmdlet -Name $subject -Content $content }
                catch { $Cmdlet.ThrowTerminatingError($_) }
            }
            elseif ($word -ceq 'sign') {
                $isSent = Send-NodeLine -Node $Node -Line "signature $id $(Get-Signature -Signer $Call.Signer -Request $content)"
            }
            elseif ($word -ceq 'output') {
                $Call.HasOutput = $true
                # The pipeline may call other cmdlets, with this Node process or another one. A break or continue in a script block of
                # the pipeline applies to this loop.
                $isWriting = $true
                Write-NodeOutput -Cmdlet $Cmdlet -Method $Call.Method -Content $content
            }
            else { $response = [pscustomobject] @{ Status = $word; Content = $content } }
        }
        # Stopped by break: the pipeline needs no more output.
        if ($isWriting) { return [pscustomobject] @{ Status = 'ok'; Content = $null } }
        $isFinished = $true
        $Node.HasEnded = $null -eq $response
        if ($Node.HasEnded) { return }
        $Node.HasResponded = $true
        $Cmdlet.WriteDebug("Request $id took $($stopwatch.ElapsedMilliseconds) ms")
        return $response
    }
    finally {
        # Also after Ctrl+C.
        if (-not $isFinished) { $null = Send-NodeLine -Node $Node -Line "cancel $id" }
        if ($null -ne $script:ProgressRecord) { Complete-OktaProgress -Cmdlet $Cmdlet }
    }
}
