function Test-ByteArray {
    # Returns whether a value is an array of bytes, such as the output of Get-Content -AsByteStream.
    param([object] $Value)

    return $Value -is [byte[]] -or ($Value -is [array] -and $Value.Count -gt 0 -and @($Value | Where-Object { $_ -isnot [byte] }).Count -eq 0)
}
