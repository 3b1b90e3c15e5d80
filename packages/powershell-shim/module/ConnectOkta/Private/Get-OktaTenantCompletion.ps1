function Get-OktaTenantCompletion {
    # Completes a tenant with those of the profiles of the user.
    param([string] $Word)

    # Completion shows no errors and leaves none in $Error.
    $profiles = @()
    $errors = $global:Error.Count
    try {
        $profiles = & { [CmdletBinding()] param() Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'profiles' } -ErrorAction Stop
    }
    catch { $null = $_ }
    while ($global:Error.Count -gt $errors) { $global:Error.RemoveAt(0) }
    $start = $Word.Trim("'", '"')
    $comparison = [System.StringComparison]::OrdinalIgnoreCase
    foreach ($one in $profiles) {
        if ($one.tenant -ne '' -and ($one.tenant.StartsWith($start, $comparison) -or $one.name.StartsWith($start, $comparison))) {
            [System.Management.Automation.CompletionResult]::new(
                $one.tenant, "$($one.tenant) ($($one.name))", 'ParameterValue', "profile $($one.name)")
        }
    }
}
