function Get-SecretDigest {
    # Returns a digest of the secrets of a session.
    param([hashtable] $Secrets)

    $text = @(foreach ($name in $Secrets.Keys | Sort-Object) { ConvertFrom-Secret -Secret $Secrets[$name] }) -join "`n"
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try { return [System.Convert]::ToBase64String($algorithm.ComputeHash([System.Text.Encoding]::UTF8.GetBytes($text))) }
    finally { $algorithm.Dispose() }
}
