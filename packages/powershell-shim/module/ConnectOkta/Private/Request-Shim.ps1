function Request-Shim {
    # Sends one request and returns its answer, or nothing where the shim ended before.
    param($Cmdlet, [string] $Method, [hashtable] $Parameters)

    $shim = $script:Shim
    $shim['LastId']++
    $shim['Asked'] = $Method
    $id = $shim['LastId']
    $isOver = $false
    if ($DebugPreference -ne 'SilentlyContinue') { $startedAt = Write-ShimDebug $Cmdlet $id $Method }
    try {
        $request = '{"jsonrpc":"2.0","id":' + $id + ',"method":"' + $Method + '","params":' + (ConvertTo-JsonText $Parameters) + '}'
        $isSent = Send-ShimLine $shim $request
        if ($null -eq $shim['Exiting']) {
            # The engine compiles what it has not run yet. Here that takes no time, since the shim is at work; so does reading
            # an answer, once.
            $shim['Exiting'] = Register-ShimEnd $shim['Process']
            $null = ConvertFrom-ShimLine $script:AnyAnswer
        }
        while ($isSent -and -not $isOver) {
            $line = Read-ShimLine $shim
            if ($null -eq $line) { break }
            $message = ConvertFrom-ShimLine $line
            if ($null -ne $message['Method']) { Write-ShimNotice $Cmdlet $message['Method'] (ConvertFrom-ShimClixml $message) }
            # Answers to requests that were given up are passed over.
            elseif ($message['Id'] -eq $id) { $isOver = $true }
        }
        if (-not $isOver) { $isOver = $true; $shim['HasEnded'] = $true; return }
        $shim['HasAnswered'] = $true
        if ($DebugPreference -ne 'SilentlyContinue') { Write-ShimDebug $Cmdlet $id $Method $startedAt }
        return $message
    }
    catch {
        # Such as -WarningAction Stop.
        $Cmdlet.ThrowTerminatingError($_)
    }
    finally {
        # Ctrl+C, or a pipeline that has seen enough.
        if (-not $isOver) { $null = Send-ShimLine $shim ('{"jsonrpc":"2.0","method":"cancel","params":{"id":' + $id + '}}') }
        elseif ($shim.ContainsKey('Progress')) { Complete-ShimProgress $Cmdlet $shim }
    }
}
