function Get-CurveName {
    # Returns the name of a curve: of RFC 7518 for those of Okta, else the one of .NET.
    param([object] $Curve)

    if ($null -eq $Curve.Oid) { return 'of its own parameters' }
    # Windows may know only the name.
    switch -Regex -CaseSensitive ("$($Curve.Oid.Value) $($Curve.Oid.FriendlyName)") {
        '^1\.2\.840\.10045\.3\.1\.7 |(?:nist|ECDSA_)P256$' { return 'P-256' }
        '^1\.3\.132\.0\.34 |(?:nist|ECDSA_)P384$' { return 'P-384' }
        '^1\.3\.132\.0\.35 |(?:nist|ECDSA_)P521$' { return 'P-521' }
        default { return "$($Curve.Oid.FriendlyName)" }
    }
}
