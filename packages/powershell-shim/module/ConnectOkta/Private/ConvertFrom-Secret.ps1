function ConvertFrom-Secret {
    param([securestring] $Secret)

    return [System.Net.NetworkCredential]::new('', $Secret).Password
}
