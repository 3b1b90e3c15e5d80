function ConvertTo-EscapedText {
    # A text with some of its characters escaped as JSON does (RFC 8259, 7).
    param([string] $Text, [string] $Characters)

    if ($Text -cnotmatch $Characters) { return $Text }
    return [System.Text.RegularExpressions.Regex]::Replace($Text, $Characters, { '\u{0:x4}' -f [int] [char] $args[0].Value })
}
