function Assert-Key {
    # Whether what was given for a key is text, with an error where it is not.
    param($Cmdlet, [string] $Key)

    return Assert-Text $Cmdlet @{ JsonWebKey = $Key } 'OktaPrivateKeyInvalid' (
        'Give the text of the key: Get-Content key.json -Raw, or $key | ConvertTo-Json.')
}
