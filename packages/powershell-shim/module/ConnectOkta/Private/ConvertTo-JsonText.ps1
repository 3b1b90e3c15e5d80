function ConvertTo-JsonText {
    # The parameters of a request, as JSON. A shell that has not used ConvertTo-Json yet takes longer to load it than
    # Node.js to start.
    param($Value)

    if ($Value -is [string]) {
        $text = $Value -creplace '[\\"]', '\$&'
        if ($text -cmatch '[\x00-\x1f]') { $text = ConvertTo-EscapedText $text '[\x00-\x1f]' }
        return "`"$text`""
    }
    if ($Value -is [hashtable]) {
        # Names are ours.
        $members = foreach ($name in $Value.Keys) { "`"$name`":$(ConvertTo-JsonText $Value[$name])" }
        return "{$($members -join ',')}"
    }
    if ($Value -is [System.Collections.IList]) {
        $items = foreach ($item in $Value) { ConvertTo-JsonText $item }
        return "[$($items -join ',')]"
    }
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    # A whole number: the same in every culture.
    return "$Value"
}
