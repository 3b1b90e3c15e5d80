function Request-Shim {
    # Sends one request and returns the message that answers it, or nothing where the shim ended before.
    param($Cmdlet, $Method, $Parameters)

    $script:ShimRequest++
    $id = $script:ShimRequest
    $script:ShimMethod = $Method
    $isOver = $false
    if ("$DebugPreference" -cne 'SilentlyContinue') { $startedAt = Write-ShimDebug $Cmdlet $id $Method }
    try {
        $json = ConvertTo-JsonText $Parameters
        $isSent = Send-ShimLine "{`"jsonrpc`":`"2.0`",`"id`":$id,`"method`":`"$Method`",`"params`":$json}"
        if ($null -eq $script:ShimOutput) { Watch-Shim }
        while ($isSent -and -not $isOver) {
            $line = Read-ShimLine
            if ($null -eq $line) { break }
            if ($line -cmatch '^\{"jsonrpc":"2\.0","method":') { Write-ShimNotice $Cmdlet $line }
            # Answers to requests that were given up are passed over.
            elseif ($line -cmatch "^\{`"jsonrpc`":`"2\.0`",`"id`":$id,") { $isOver = $true }
        }
        if (-not $isOver) { $isOver = $true; $script:ShimHasEnded = $true; return }
        $script:ShimHasAnswered = $true
        if ("$DebugPreference" -cne 'SilentlyContinue') { Write-ShimDebug $Cmdlet $id $Method $startedAt }
        return $line
    }
    catch {
        # Such as -WarningAction Stop.
        $Cmdlet.ThrowTerminatingError($_)
    }
    finally {
        # Ctrl+C, or a pipeline that has seen enough.
        if (-not $isOver) { $null = Send-ShimLine "{`"jsonrpc`":`"2.0`",`"method`":`"cancel`",`"params`":{`"id`":$id}}" }
        elseif ($null -ne $script:ShimProgress) { Complete-ShimProgress $Cmdlet }
    }
}
