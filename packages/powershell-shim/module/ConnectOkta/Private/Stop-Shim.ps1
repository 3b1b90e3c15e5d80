function Stop-Shim {
    # The shim ends when its input does.
    if ($null -eq $script:Shim) { return }
    try { $script:Shim.Input.Close() } catch { $null = $_ }
    $script:Shim = $null
    $script:Session = $null
}
