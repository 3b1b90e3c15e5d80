function Send-ShimLine {
    # Sends one message; false where nobody is there any more.
    param([hashtable] $Shim, [string] $Line)

    $bytes = [System.Text.Encoding]::UTF8.GetBytes("$Line`n")
    try {
        $Shim['Input'].Write($bytes, 0, $bytes.Length)
        $Shim['Input'].Flush()
        return $true
    }
    catch [System.IO.IOException], [System.ObjectDisposedException] {
        return $false
    }
}
