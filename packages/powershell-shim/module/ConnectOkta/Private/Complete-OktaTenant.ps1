function Complete-OktaTenant {
    # The orgs of the profiles that this person has made.
    param([string] $Word)

    # Nobody is there to be told of an error.
    $profiles = @()
    try { $profiles = & { [CmdletBinding()] param() Invoke-Shim $PSCmdlet 'profiles' } -ErrorAction Stop } catch { $null = $_ }
    $wanted = $Word.Trim("'", '"')
    foreach ($one in $profiles) {
        if ($one.tenant -ne '' -and ($one.tenant, $one.name -like "$wanted*")) {
            [System.Management.Automation.CompletionResult]::new(
                $one.tenant, "$($one.tenant) ($($one.name))", 'ParameterValue', "profile $($one.name)")
        }
    }
}
