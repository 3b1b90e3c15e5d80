function Stop-NodeProcess {
    # Closes the standard input of the Node process, which ends it.
    $node = $script:NodeProcess
    if ($null -eq $node) { return }
    $script:NodeProcess = $null
    if ($null -ne $node.RunspaceHandler) {
        [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.remove_StateChanged($node.RunspaceHandler)
    }
    # Fails if the process has ended.
    try { $node.Writer.Close() } catch { $null = $_ }
}
