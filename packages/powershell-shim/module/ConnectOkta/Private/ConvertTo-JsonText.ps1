function ConvertTo-JsonText {
    # The parameters of a request, as JSON. A shell that has not used ConvertTo-Json yet takes longer to load it than
    # Node.js to start.
    param($Value)

    if ($Value -is [string]) {
        $text = $Value.Replace('\', '\\').Replace('"', '\"')
        # RFC 8259, 7.
        if ($text -match '[\x00-\x1f]') {
            $text = [System.Text.RegularExpressions.Regex]::Replace(
                $text, '[\x00-\x1f]', { '\u{0:x4}' -f [int] [char] $args[0].Value })
        }
        return '"' + $text + '"'
    }
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    if ($Value -is [hashtable]) {
        $members = foreach ($name in $Value.Keys) { (ConvertTo-JsonText $name) + ':' + (ConvertTo-JsonText $Value[$name]) }
        return '{' + ($members -join ',') + '}'
    }
    if ($Value -is [System.Collections.IList]) {
        $items = foreach ($item in $Value) { ConvertTo-JsonText $item }
        return '[' + ($items -join ',') + ']'
    }
    # A whole number: the same in every culture.
    return "$Value"
}
