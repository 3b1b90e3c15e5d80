function New-Signer {
    # Makes the signer of an RSA or ECDsa object: the object, and its public key as a JWK. Throws an error for another object.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [object] $Key, [string] $ParameterName)

    $isRsa = $Key -is [System.Security.Cryptography.RSA]
    if (-not $isRsa -and $Key -isnot [System.Security.Cryptography.ECDsa]) {
        $message = "-$ParameterName is not an RSA or ECDsa object."
        $hint = 'Use an object such as [System.Security.Cryptography.RSACng]. For a certificate use -Certificate, and for the text of a key -JsonWebKey.'
        if ($Key -is [System.Security.Cryptography.AsymmetricAlgorithm]) {
            $message = "Okta does not accept keys of the type $($Key.GetType().Name)."
            $hint = $script:KeyTypeHint
        }
        $Cmdlet.ThrowTerminatingError((New-KeyErrorRecord -Message $message -Hint $hint -ParameterName $ParameterName))
    }
    try {
        $public = $Key.ExportParameters($false)
        $members = if ($isRsa) { $public.Modulus, $public.Exponent } else { $public.Q.X, $public.Q.Y }
        if ($members -contains $null) { throw 'it is incomplete' }
    }
    catch {
        $cause = Get-CauseText -Exception $_.Exception
        $Cmdlet.ThrowTerminatingError((New-KeyErrorRecord -Message "The public key of -$ParameterName cannot be read: $cause." `
                -Hint 'Use a key object that is not disposed. An ECDsa object requires .NET Framework 4.7 or later.' -ParameterName $ParameterName))
    }
    $name = 'The signing key'
    if ($ParameterName -cne 'SigningKey') { $name = 'The certificate' }
    if ($isRsa) {
        $algorithm = 'RS256'
        $jwk = @{ kty = 'RSA'; n = ConvertTo-Base64Url -Bytes $public.Modulus; e = ConvertTo-Base64Url -Bytes $public.Exponent }
    }
    else {
        $curve = Get-CurveName -Curve $public.Curve
        $algorithm = @{ 'P-256' = 'ES256'; 'P-384' = 'ES384'; 'P-521' = 'ES512' }[$curve]
        if ($null -eq $algorithm) {
            $Cmdlet.ThrowTerminatingError((New-KeyErrorRecord -Message "Okta does not accept EC keys with the curve $curve." `
                        -Hint $script:KeyTypeHint -ParameterName $ParameterName))
        }
        $jwk = @{ kty = 'EC'; crv = $curve; x = ConvertTo-Base64Url -Bytes $public.Q.X; y = ConvertTo-Base64Url -Bytes $public.Q.Y }
    }
    return [pscustomobject] @{ Key = $Key; Parameters = @{ algorithm = $algorithm; name = $name; publicJwk = $jwk } }
}
