function Get-Signature {
    # Signs data for the Node process, and returns the response as JSON: see src/protocol/line-protocol.ts. The private key is not exported.
    param([psobject] $Signer, [psobject] $Request)

    $key = $Signer.Key
    $data = [System.Convert]::FromBase64String($Request.data)
    $hash = [System.Security.Cryptography.HashAlgorithmName]::new("SHA$($Request.algorithm.Substring(2))")
    # Other runspaces may use the same object, which is not thread-safe. Ctrl+C takes effect between two attempts.
    while (-not [System.Threading.Monitor]::TryEnter($key, 50)) { continue }
    try {
        if ($key -isnot [System.Security.Cryptography.RSA]) { $signature = $key.SignData($data, $hash) }
        else { $signature = $key.SignData($data, $hash, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1) }
        $response = @{ signature = [System.Convert]::ToBase64String($signature) }
    }
    catch {
        $response = Get-SignatureFailure -Name $Signer.Parameters.name -Cause $_.Exception.GetBaseException()
    }
    finally { [System.Threading.Monitor]::Exit($key) }
    return ConvertTo-JsonText -Value $response
}
