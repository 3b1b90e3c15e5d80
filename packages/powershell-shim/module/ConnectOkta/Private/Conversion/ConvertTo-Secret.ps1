function ConvertTo-Secret {
    # Returns a text as a SecureString.
    param([string] $Text)

    $secret = [System.Net.NetworkCredential]::new('', $Text).SecurePassword
    $secret.MakeReadOnly()
    return $secret
}
