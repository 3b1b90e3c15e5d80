function Get-ModuleVersion {
    # Returns the version of this module. PowerShell sets it after it has run the script of the module.
    return "$($ExecutionContext.SessionState.Module.Version)"
}
