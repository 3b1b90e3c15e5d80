function Stop-Shim {
    # The shim ends when its input does.
    param([switch] $KeepSession)

    if ($null -ne $script:Shim) {
        if ($null -ne $script:Shim.Exiting) {
            [System.Management.Automation.Runspaces.Runspace]::DefaultRunspace.Events.UnsubscribeEvent($script:Shim.Exiting)
        }
        try { $script:Shim.Input.Close() } catch { $null = $_ }
    }
    $script:Shim = $null
    if (-not $KeepSession) { $script:Session = $null }
}
