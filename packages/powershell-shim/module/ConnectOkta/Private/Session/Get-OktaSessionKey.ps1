function Get-OktaSessionKey {
    # Returns the name of the application domain data that holds the session of this runspace while the module is not loaded.
    return "$script:LatestSessionKey.$([System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.InstanceId)"
}
