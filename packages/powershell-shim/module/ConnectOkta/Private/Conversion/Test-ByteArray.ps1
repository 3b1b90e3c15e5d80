function Test-ByteArray {
    # Returns whether a value is an array of bytes, such as the output of Get-Content -AsByteStream.
    param([object] $Value)

    if ($Value -is [byte[]]) { return $true }
    if ($Value -isnot [array] -or $Value.Count -eq 0) { return $false }
    foreach ($item in $Value) { if ($item -isnot [byte]) { return $false } }
    return $true
}
