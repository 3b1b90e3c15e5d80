function Get-OktaTenantCompletion {
    # Completes a tenant with those of the user's profiles.
    param([string] $Word)

    $start = $Word.Trim("'", '"')
    $comparison = [System.StringComparison]::OrdinalIgnoreCase
    foreach ($item in Get-OktaProfile) {
        if ($item.tenant -ne '' -and ($item.tenant.StartsWith($start, $comparison) -or $item.name.StartsWith($start, $comparison))) {
            [System.Management.Automation.CompletionResult]::new(
                $item.tenant, "$($item.tenant) ($($item.name))", 'ParameterValue', "profile $($item.name)")
        }
    }
}
