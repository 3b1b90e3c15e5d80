class KeyTextAttribute : System.Management.Automation.ArgumentTransformationAttribute {
    # Converts a private key to text: a SecureString, the output of New-OktaJsonWebKey, or the lines or bytes of a file. Not a SecureString
    # with other text: if it is piped, it is a client secret.
    [object] Transform([System.Management.Automation.EngineIntrinsics] $engine, [object] $value) {
        if ($null -eq $value) { return $value }
        $key = $value
        if ($value.PSObject.TypeNames -ccontains 'ConnectOkta.JsonWebKey') {
            $key = $value.PrivateJwk
            if ($null -eq $key) { return [System.IO.File]::ReadAllText($value.Path) }
        }
        if ($key -is [securestring]) {
            $text = [System.Net.NetworkCredential]::new('', $key).Password
            if ($text -cmatch '^[\s"'']*(?:\{|-----BEGIN)') { return $text }
            return $value
        }
        if ($key -is [array] -and @($key -isnot [byte]).Count -eq 0) {
            $bytes = [byte[]] $key
            # The first byte of a key in DER.
            if ($bytes.Count -gt 0 -and $bytes[0] -eq 0x30) { return [System.Convert]::ToBase64String($bytes) }
            return [System.Text.Encoding]::UTF8.GetString($bytes)
        }
        if ($key -is [array] -and @($key | Where-Object { $_ -isnot [string] }).Count -eq 0) { return $key -join "`n" }
        return $key
    }
}
