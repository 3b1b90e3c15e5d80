function ConvertTo-PlainText {
    # Returns a simple value as text, the same in every culture: a time in UTC. Returns nothing for $null and for objects.
    param([object] $Value)

    if ($Value -is [string] -or $Value -is [char] -or $Value -is [uri] -or $Value -is [guid] -or $Value -is [enum]) { return "$Value" }
    if ($Value -is [bool]) { return "$Value".ToLowerInvariant() }
    if ($Value -is [datetime]) { return $Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", $script:Culture) }
    if ($Value -is [System.DateTimeOffset]) { return ConvertTo-PlainText -Value $Value.UtcDateTime }
    # Every digit of a Double or Single.
    if ($Value -is [double] -or $Value -is [single]) { return $Value.ToString('R', $script:Culture) }
    if ($Value -is [System.IFormattable] -and ($Value -is [valuetype])) { return $Value.ToString($null, $script:Culture) }
}
