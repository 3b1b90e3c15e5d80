function Start-Shim {
    # Starts the program that does the work, unless it runs. Secrets go to its standard input alone.
    param($Cmdlet)

    if ($null -ne $script:ShimProcess) {
        if (-not $script:ShimHasEnded -and -not $script:ShimProcess.HasExited) { return }
        Stop-Shim -KeepSession
    }
    $script:ShimStart.FileName = Find-Node $Cmdlet
    try {
        $script:ShimProcess = [System.Diagnostics.Process]::Start($script:ShimStart)
    }
    catch {
        $path = $script:ShimStart.FileName
        $script:ShimStart = New-ShimStart
        Stop-WithoutNode $Cmdlet "Node.js cannot be started: $($_.Exception.GetBaseException().Message)" $path
    }
    # Not its own writer: that of Windows PowerShell writes in the code page of the console.
    $script:ShimInput = [System.IO.StreamWriter] $script:ShimProcess.StandardInput.BaseStream
    $script:ShimIsReplayed = $null -eq $script:Session
}
