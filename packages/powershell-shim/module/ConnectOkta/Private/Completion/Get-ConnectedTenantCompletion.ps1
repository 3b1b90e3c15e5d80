function Get-ConnectedTenantCompletion {
    # Completes a tenant with those that this process has connected.
    param([string] $Word)

    $start = $Word.Trim("'", '"')
    foreach ($tenant in Get-ConnectedSession | ForEach-Object { ([uri] $_.OrgUrl).Authority } | Select-Object -Unique) {
        if ($tenant.StartsWith($start, [System.StringComparison]::OrdinalIgnoreCase)) {
            [System.Management.Automation.CompletionResult]::new($tenant, $tenant, 'ParameterValue', $tenant)
        }
    }
}
