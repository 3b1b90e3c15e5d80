function Get-OktaProfile {
    # Returns the profiles of the user, for completion: it shows no errors, and adds none to $Error.
    $errors = $global:Error.Count
    try { Get-NodeResult -Method 'profiles' }
    catch { $null = $_ }
    while ($global:Error.Count -gt $errors) { $global:Error.RemoveAt(0) }
}
