function Get-OktaProfile {
    # Returns the profiles of the user, for completion: it shows no errors, and adds none to $Error.
    $errors = $global:Error.Count
    try { & { [CmdletBinding()] param() Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'profiles' } -ErrorAction Stop }
    catch { $null = $_ }
    while ($global:Error.Count -gt $errors) { $global:Error.RemoveAt(0) }
}
