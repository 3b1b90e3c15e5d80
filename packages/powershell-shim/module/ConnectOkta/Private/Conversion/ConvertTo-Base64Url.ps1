function ConvertTo-Base64Url {
    # Returns bytes in base64url (RFC 7515, section 2).
    param([byte[]] $Bytes)

    return [System.Convert]::ToBase64String($Bytes).TrimEnd('=') -creplace '\+', '-' -creplace '/', '_'
}
