function ConvertTo-JsonText {
    # Writes a value as JSON. Times are written in UTC, and numbers with all of their digits. Throws for an object of another type, and
    # for more than 100 levels. Not ConvertTo-Json: its first use in a session takes about 300 ms, longer than the rest of the first
    # Connect-Okta, and Windows PowerShell writes a time as "\/Date(1705311000000)\/".
    param([object] $Value, [int] $Depth = 0)

    if ($Depth -gt 100) { throw 'it is nested deeper than 100 levels, or contains itself.' }
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [string]) {
        if ($Value -cnotmatch '[\x00-\x1f\\"]') { return "`"$Value`"" }
        $text = $Value -creplace '[\\"]', '\$&'
        return "`"$(ConvertTo-EscapedText -Text $text -Pattern '[\x00-\x1f]')`""
    }
    if ($Value -is [System.Collections.IDictionary]) {
        # Not $Value.Keys, which is the value of an entry "keys".
        $members = foreach ($entry in $Value.GetEnumerator()) {
            $name = "`"$($entry.Key)`""
            if ($name -cnotmatch '^"\w+"$') { $name = ConvertTo-JsonText -Value "$($entry.Key)" }
            "$name`:$(ConvertTo-JsonText -Value $entry.Value -Depth ($Depth + 1))"
        }
        return "{$($members -join ',')}"
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        $items = foreach ($item in $Value) { ConvertTo-JsonText -Value $item -Depth ($Depth + 1) }
        return "[$($items -join ',')]"
    }
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $members = foreach ($property in $Value.PSObject.Properties) {
            "$(ConvertTo-JsonText -Value $property.Name):$(ConvertTo-JsonText -Value $property.Value -Depth ($Depth + 1))"
        }
        return "{$($members -join ',')}"
    }
    $text = ConvertTo-PlainText -Value $Value
    if ($null -eq $text) { throw "it contains an object of the type $($Value.GetType().FullName)." }
    if ($Value -is [bool] -or ($Value -isnot [char] -and $Value -is [System.IFormattable] -and $text -cmatch '^-?\d+(?:\.\d+)?(?:E[+-]\d+)?$')) { return $text }
    if ($Value -is [double] -or $Value -is [single]) { throw "it contains $text, which is not a number in JSON." }
    return ConvertTo-JsonText -Value $text
}
