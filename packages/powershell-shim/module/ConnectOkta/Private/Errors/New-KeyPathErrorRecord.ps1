function New-KeyPathErrorRecord {
    # The error for a path that is given as -JsonWebKey. It does not contain the text, which may be a key.
    return New-OktaErrorRecord -Id 'OktaPrivateKeyInvalid' -Message '-JsonWebKey is a path, not the text of a key.' `
        -Hint 'Read the file: -JsonWebKey (Get-Content key.pem -Raw).' -Category 'InvalidArgument' -Target 'JsonWebKey'
}
