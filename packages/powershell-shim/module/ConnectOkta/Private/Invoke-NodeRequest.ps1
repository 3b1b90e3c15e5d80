function Invoke-NodeRequest {
    # Sends one request to the Node process and waits for its response: the status (ok, error or unknown-session) and the content.
    # Returns nothing if the process ends first. The file src/line-protocol.ts documents the lines.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Method, [hashtable] $Parameters)

    $node = $script:NodeProcess
    $node.LastMethod = $Method
    $node.LastRequestId++
    $id = $node.LastRequestId
    $response = $null
    $isFinished = $false
    $stopwatch = [System.Diagnostics.Stopwatch]::StartNew()
    # Without the parameters, which may contain secrets.
    $Cmdlet.WriteDebug("Request $id to the Node process $($node.Process.Id): $Method")
    try {
        $json = ConvertTo-JsonText -Value $Parameters
        $isSent = Send-NodeLine -Line "request $id $Method $json"
        while ($isSent -and $null -eq $response) {
            $line = Receive-NodeLine
            if ($null -eq $line) { break }
            $word, $subject, $clixml = $line -csplit ' ', 3
            if ($word -cne 'notice' -and $subject -cne "$id") {
                # The response to a request that was cancelled.
                continue
            }
            $content = [System.Management.Automation.PSSerializer]::Deserialize($clixml)
            if ($word -ceq 'notice') { Write-NodeNotice -Cmdlet $Cmdlet -Name $subject -Content $content }
            else { $response = [pscustomobject] @{ Status = $word; Content = $content } }
        }
        $isFinished = $true
        $node.HasEnded = $null -eq $response
        if ($node.HasEnded) { return }
        $node.HasResponded = $true
        $Cmdlet.WriteDebug("Request $id took $($stopwatch.ElapsedMilliseconds) ms")
        return $response
    }
    catch {
        # Such as -WarningAction Stop.
        $Cmdlet.ThrowTerminatingError($_)
    }
    finally {
        # Ctrl+C, or a pipeline that needs no more output.
        if (-not $isFinished) { $null = Send-NodeLine -Line "cancel $id" }
        elseif ($null -ne $script:ProgressRecord) { Complete-OktaProgress -Cmdlet $Cmdlet }
    }
}
