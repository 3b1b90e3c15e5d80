function Get-OktaTenantCompletion {
    # Completes a tenant with those of the user's profiles.
    param([string] $Word)

    # Completion shows no errors, and adds none to $Error.
    $profiles = @()
    $errors = $global:Error.Count
    try {
        $profiles = & { [CmdletBinding()] param() Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'profiles' } -ErrorAction Stop
    }
    catch { $null = $_ }
    while ($global:Error.Count -gt $errors) { $global:Error.RemoveAt(0) }
    $start = $Word.Trim("'", '"')
    $comparison = [System.StringComparison]::OrdinalIgnoreCase
    foreach ($item in $profiles) {
        if ($item.tenant -ne '' -and ($item.tenant.StartsWith($start, $comparison) -or $item.name.StartsWith($start, $comparison))) {
            [System.Management.Automation.CompletionResult]::new(
                $item.tenant, "$($item.tenant) ($($item.name))", 'ParameterValue', "profile $($item.name)")
        }
    }
}
