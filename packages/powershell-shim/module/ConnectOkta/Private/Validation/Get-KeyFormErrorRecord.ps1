function Get-KeyFormErrorRecord {
    # Returns an error for a -JsonWebKey that is a path, or the output of ConvertFrom-SecureString. It does not contain the text, which may
    # be a key. The core reports other forms.
    param([string] $Text)

    if (Test-PathText -Text $Text) {
        $message = '-JsonWebKey is a path, not the text of a key.'
        $hint = 'Use -JsonWebKeyPath key.pem.'
    }
    # Encrypted by Windows, or UTF-16 in hexadecimal on other systems.
    elseif ($Text -match '^\s*(?:01000000d08c9ddf0115d1118c7a00c04fc297eb|(?:[0-9a-f]{2}00){20})') {
        $message = '-JsonWebKey is the output of ConvertFrom-SecureString, not the text of a key.'
        $hint = "Convert it: [Net.NetworkCredential]::new('', (ConvertTo-SecureString `$text)).Password."
    }
    else { return }
    return New-OktaErrorRecord -Id 'OktaPrivateKeyInvalid' -Message $message -Hint $hint -Category 'InvalidArgument' `
        -Target 'JsonWebKey'
}
