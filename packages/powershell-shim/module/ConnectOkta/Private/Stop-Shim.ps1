function Stop-Shim {
    # The shim ends when its input does.
    if ($null -ne $script:ShimProcess) {
        if ($null -ne $script:ShimExiting) {
            [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.remove_StateChanged($script:ShimExiting)
        }
        try { $script:ShimInput.Close() } catch { $null = $_ }
    }
    $script:ShimProcess = $null
    $script:ShimInput = $null
    $script:ShimOutput = $null
    $script:ShimLastWords = $null
    $script:ShimExiting = $null
    $script:ShimReading = $null
    $script:ShimHasAnswered = $false
    $script:ShimHasEnded = $false
}
