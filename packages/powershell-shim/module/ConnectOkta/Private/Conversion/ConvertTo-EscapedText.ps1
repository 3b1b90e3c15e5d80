function ConvertTo-EscapedText {
    # Escapes characters as JSON does (RFC 8259, section 7). Default: those that control a terminal.
    param([string] $Text, [string] $Pattern = $script:ControlCharacter)

    if ($Text -cnotmatch $Pattern) { return $Text }
    return [System.Text.RegularExpressions.Regex]::Replace($Text, $Pattern, { '\u{0:x4}' -f [int] [char] $args[0].Value })
}
