function Send-NodeLine {
    # Writes one line to a Node process. Returns whether it could be written.
    param([psobject] $Node, [string] $Line)

    try {
        $Node.Writer.Write("$Line`n")
        $Node.Writer.Flush()
        return $true
    }
    catch [System.IO.IOException], [System.ObjectDisposedException] {
        return $false
    }
}
