function Complete-OktaTenant {
    # The orgs of the profiles that this person has made.
    param([string] $Word)

    # Nobody is there to be told of an error, and none is left behind in $Error.
    $profiles = @()
    $errors = $global:Error.Count
    try { $profiles = & { [CmdletBinding()] param() Invoke-Shim $PSCmdlet 'profiles' } -ErrorAction Stop } catch { $null = $_ }
    while ($global:Error.Count -gt $errors) { $global:Error.RemoveAt(0) }
    $wanted = $Word.Trim("'", '"')
    $comparison = [System.StringComparison]::OrdinalIgnoreCase
    foreach ($one in $profiles) {
        if ($one.tenant -ne '' -and ($one.tenant.StartsWith($wanted, $comparison) -or $one.name.StartsWith($wanted, $comparison))) {
            [System.Management.Automation.CompletionResult]::new(
                $one.tenant, "$($one.tenant) ($($one.name))", 'ParameterValue', "profile $($one.name)")
        }
    }
}
