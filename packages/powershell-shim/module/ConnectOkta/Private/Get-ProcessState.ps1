function Get-ProcessState {
    # What the runspaces of this process share: the session that was connected last, and that of each runspace which has
    # connected one itself. Each runspace loads a module of its own, so this is kept with the application domain.
    $name = 'ConnectOkta.Sessions'
    $state = [System.AppDomain]::CurrentDomain.GetData($name)
    if ($null -ne $state) { return $state }

    # Two runspaces may be here at once. An interned string is the same object in both.
    $lock = [string]::Intern($name)
    [System.Threading.Monitor]::Enter($lock)
    try {
        $state = [System.AppDomain]::CurrentDomain.GetData($name)
        if ($null -eq $state) {
            # An entry of the table ends with its runspace, and so does the key or secret in it.
            $state = [hashtable]::Synchronized(@{
                    Latest = $null
                    ByRunspace = [System.Runtime.CompilerServices.ConditionalWeakTable[System.Management.Automation.Runspaces.Runspace, object]]::new()
                })
            [System.AppDomain]::CurrentDomain.SetData($name, $state)
        }
    }
    finally {
        [System.Threading.Monitor]::Exit($lock)
    }
    return $state
}
