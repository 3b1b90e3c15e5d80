function ConvertTo-Secret {
    param([string] $Text)

    $secret = [System.Net.NetworkCredential]::new('', $Text).SecurePassword
    $secret.MakeReadOnly()
    return $secret
}
