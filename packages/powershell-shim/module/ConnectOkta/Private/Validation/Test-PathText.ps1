function Test-PathText {
    # Returns whether a text is the path of a file instead of a key: it starts like a path, or ends with the extension of a key file.
    param([string] $Text)

    $trimmed = $Text.Trim().Trim('"', "'")
    # A key in Base64 is longer.
    if ($trimmed.Length -gt 260 -or $trimmed -cmatch '[\r\n{}]|-----') { return $false }
    return $trimmed -match '^(?:~|\.{1,2}|\w+:)?[\\/]' -or $trimmed -match '\.(?:pem|key|json|jwks?|der|p8|pk8|pfx|p12|ppk|txt)$'
}
