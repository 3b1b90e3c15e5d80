function Get-OktaSessionName {
    # Under which name the session of this runspace is kept while the module is not there.
    return "$script:LatestSession.$([System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.InstanceId)"
}
