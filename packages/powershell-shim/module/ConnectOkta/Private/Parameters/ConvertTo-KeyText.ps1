function ConvertTo-KeyText {
    # Returns a private key as text: a string, a SecureString, the output of New-OktaJsonWebKey, a JWK as an object, or the lines or bytes
    # of a file, which become Base64. Get-TextErrorRecord reports the text of another object.
    param([object] $Key)

    if ($Key -is [string]) { return $Key }
    if ($Key -is [securestring]) { return ConvertFrom-Secret -Secret $Key }
    if ($Key.PSObject.TypeNames -ccontains 'ConnectOkta.JsonWebKey') {
        # Of -Certificate or -SigningKey.
        if ($null -eq $Key.PrivateJwk -and $null -eq $Key.Path) { return $Key.PublicJwk }
        if ($null -eq $Key.PrivateJwk) { return ConvertTo-KeyText -Key ([System.IO.File]::ReadAllBytes($Key.Path)) }
        return ConvertTo-KeyText -Key $Key.PrivateJwk
    }
    if ($Key -is [array]) {
        if (-not (Test-ByteArray -Value $Key)) { return $Key -join "`n" }
        # The core reads them in any encoding.
        return "base64:$([System.Convert]::ToBase64String([byte[]] $Key))"
    }
    $isJwk = $false
    if ($Key -is [System.Collections.IDictionary]) { $isJwk = $Key.Contains('kty') -and $Key.Contains('d') }
    elseif ($Key -is [System.Management.Automation.PSCustomObject]) {
        $isJwk = $null -ne $Key.PSObject.Properties['kty'] -and $null -ne $Key.PSObject.Properties['d']
    }
    if ($isJwk) { return ConvertTo-JsonText -Value $Key }
    return "$Key"
}
