function Get-OktaProfileCompletion {
    # Completes the name of a profile of the user.
    param([string] $Word)

    $start = $Word.Trim("'", '"')
    foreach ($item in Get-OktaProfile) {
        if ($item.name.StartsWith($start, [System.StringComparison]::OrdinalIgnoreCase)) {
            [System.Management.Automation.CompletionResult]::new($item.name, $item.name, 'ParameterValue', "$($item.name) $($item.tenant)")
        }
    }
}
