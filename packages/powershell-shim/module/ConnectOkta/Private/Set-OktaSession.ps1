function Set-OktaSession {
    # Makes a session the one of this runspace, and of the process.
    param($Session)

    $state = Get-ProcessState
    $runspace = [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace
    $null = $state.ByRunspace.Remove($runspace)
    $state.ByRunspace.Add($runspace, $Session)
    $state.Latest = $Session
}
