function Start-Shim {
    # Starts the program that does the work, unless it runs. Secrets go to its standard input alone.
    param($Cmdlet)

    if ($null -ne $script:ShimProcess) {
        if (-not $script:ShimHasEnded -and -not $script:ShimProcess.HasExited) { return }
        Stop-Shim
    }
    $script:Node = Find-Node
    if ($null -eq $script:Node) { Stop-WithoutNode $Cmdlet }
    try {
        $script:ShimProcess = [System.Diagnostics.Process]::Start((New-ShimStart))
    }
    catch {
        Stop-WithoutNode $Cmdlet $_.Exception.GetBaseException().Message
    }
    # Not its own writer: that of Windows PowerShell writes in the code page of the console. Nor the default encoding: a
    # character that it cannot write would stay in the writer, and fail every request that follows.
    $script:ShimInput = [System.IO.StreamWriter]::new(
        $script:ShimProcess.StandardInput.BaseStream, [System.Text.UTF8Encoding]::new($false))
}
