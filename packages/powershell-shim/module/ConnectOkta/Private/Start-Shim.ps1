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
    # Not its own writer: that of Windows PowerShell writes in the code page of the console.
    $script:ShimInput = [System.IO.StreamWriter] $script:ShimProcess.StandardInput.BaseStream
}
