function ConvertTo-JsonText {
    # Writes the parameters of a call as JSON. It replaces ConvertTo-Json, whose first use takes a shell about 300 ms: longer than the
    # rest of a first Connect-Okta. To remove this file, call ConvertTo-Json -InputObject $Parameters -Depth 5 -Compress in
    # Invoke-NodeRequest, and ConvertTo-Json for bodies stays as it is.
    param([object] $Value)

    if ($Value -is [string]) {
        $text = $Value -creplace '[\\"]', '\$&'
        return "`"$(ConvertTo-EscapedText -Text $text -Pattern '[\x00-\x1f]')`""
    }
    if ($Value -is [hashtable]) {
        # The names need no escaping: the module chooses them.
        $members = foreach ($name in $Value.Keys) { "`"$name`":$(ConvertTo-JsonText -Value $Value[$name])" }
        return "{$($members -join ',')}"
    }
    if ($Value -is [System.Collections.IList]) {
        $items = foreach ($item in $Value) { ConvertTo-JsonText -Value $item }
        return "[$($items -join ',')]"
    }
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    # A whole number, which every culture writes in the same way.
    return "$Value"
}
