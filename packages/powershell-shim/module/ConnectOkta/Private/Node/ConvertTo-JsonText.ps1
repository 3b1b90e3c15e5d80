function ConvertTo-JsonText {
    # Writes the parameters of a call as JSON. The first use of ConvertTo-Json in a session takes about 300 ms, longer than the rest of
    # the first Connect-Okta. To remove this file, use ConvertTo-Json -InputObject $Call.Parameters -Depth 5 -Compress in
    # Invoke-NodeRequest.
    param([object] $Value)

    if ($Value -is [string]) {
        $text = $Value -creplace '[\\"]', '\$&'
        return "`"$(ConvertTo-EscapedText -Text $text -Pattern '[\x00-\x1f]')`""
    }
    if ($Value -is [hashtable]) {
        # The names are those of the module, and need no escaping.
        $members = foreach ($name in $Value.Keys) { "`"$name`":$(ConvertTo-JsonText -Value $Value[$name])" }
        return "{$($members -join ',')}"
    }
    if ($Value -is [System.Collections.IList]) {
        $items = foreach ($item in $Value) { ConvertTo-JsonText -Value $item }
        return "[$($items -join ',')]"
    }
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    # A whole number, which is the same in every culture.
    return "$Value"
}
