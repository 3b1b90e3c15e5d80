function Read-ShimLine {
    # The next message, or nothing where the shim has ended. Ctrl+C takes effect between two looks.
    param([hashtable] $Shim)

    if ($null -eq $Shim['Reading']) { $Shim['Reading'] = $Shim['Output'].ReadLineAsync() }
    try {
        while (-not $Shim['Reading'].Wait(50)) { $null = 0 }
        $line = $Shim['Reading'].Result
    }
    catch [System.AggregateException] {
        $line = $null
    }
    $Shim['Reading'] = $null
    return $line
}
