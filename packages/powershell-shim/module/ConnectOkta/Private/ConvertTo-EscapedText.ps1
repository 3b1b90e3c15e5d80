function ConvertTo-EscapedText {
    # A text without the characters that JSON has no room for (RFC 8259, 7).
    param([string] $Text)

    return [System.Text.RegularExpressions.Regex]::Replace(
        $Text, '[\x00-\x1f]', { '\u{0:x4}' -f [int] [char] $args[0].Value })
}
