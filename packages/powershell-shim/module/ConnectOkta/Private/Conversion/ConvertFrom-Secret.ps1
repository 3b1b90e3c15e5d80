function ConvertFrom-Secret {
    # Returns the text of a SecureString.
    param([securestring] $Secret)

    return [System.Net.NetworkCredential]::new('', $Secret).Password
}
