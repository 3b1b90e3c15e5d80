function Receive-NodeLine {
    # Returns the next line of a Node process, or nothing if it has ended. Ctrl+C takes effect between two waits.
    param([psobject] $Node)

    if ($null -eq $Node.PendingLine) { $Node.PendingLine = $Node.Reader.ReadLineAsync() }
    try {
        while (-not $Node.PendingLine.Wait(50)) { continue }
        $line = $Node.PendingLine.Result
    }
    catch [System.AggregateException] {
        $line = $null
    }
    $Node.PendingLine = $null
    return $line
}
