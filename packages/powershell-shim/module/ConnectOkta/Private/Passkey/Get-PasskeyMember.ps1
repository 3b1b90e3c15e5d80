function Get-PasskeyMember {
    # Returns a member of a -Passkey as text: of an object, a hashtable, or JSON. Returns an empty text if there is none.
    param([object] $Passkey, [string] $Name)

    if ($Passkey -is [string] -or $Passkey -is [array]) {
        try { $Passkey = ConvertFrom-Json -InputObject ($Passkey -join "`n") } catch { return '' }
    }
    if ($Passkey -is [System.Collections.IDictionary]) { return "$($Passkey[$Name])" }
    $member = $Passkey.PSObject.Properties[$Name]
    if ($null -eq $member) { return '' }
    return "$($member.Value)"
}
