function Receive-NodeLine {
    # Returns the next line of the Node process, or nothing if it has ended. Ctrl+C takes effect between two waits.
    $node = $script:NodeProcess
    if ($null -eq $node.PendingLine) { $node.PendingLine = $node.Reader.ReadLineAsync() }
    try {
        while (-not $node.PendingLine.Wait(50)) { continue }
        $line = $node.PendingLine.Result
    }
    catch [System.AggregateException] {
        $line = $null
    }
    $node.PendingLine = $null
    return $line
}
