function Send-NodeLine {
    # Writes one line to the Node process. Returns whether it could be written.
    param([string] $Line)

    try {
        $script:NodeProcess.Writer.Write("$Line`n")
        $script:NodeProcess.Writer.Flush()
        return $true
    }
    catch [System.IO.IOException], [System.ObjectDisposedException] {
        return $false
    }
}
