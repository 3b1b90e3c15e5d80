function Read-ShimLine {
    # The next message, or nothing where the shim has ended. Ctrl+C takes effect between two looks.
    if ($null -eq $script:ShimReading) { $script:ShimReading = $script:ShimOutput.ReadLineAsync() }
    try {
        while (-not $script:ShimReading.Wait(50)) { $null = 0 }
        $line = $script:ShimReading.Result
    }
    catch [System.AggregateException] {
        $line = $null
    }
    $script:ShimReading = $null
    return $line
}
