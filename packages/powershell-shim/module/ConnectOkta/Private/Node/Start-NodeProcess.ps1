function Start-NodeProcess {
    # Returns the Node process of this runspace. Starts it unless it is running. It gets secrets by its standard input only.
    param([System.Management.Automation.PSCmdlet] $Cmdlet)

    if ($null -ne $script:NodeProcess) {
        # The output of a process ends some time before the process.
        if (-not $script:NodeProcess.HasEnded -and -not $script:NodeProcess.Process.HasExited) { return $script:NodeProcess }
        Stop-NodeProcess
    }
    $command = Get-ShimCommand
    if ($null -eq $command) { $Cmdlet.ThrowTerminatingError((New-NodeMissingErrorRecord)) }
    $start = [System.Diagnostics.ProcessStartInfo] @{
        FileName = $command.Path
        Arguments = $command.Arguments
        UseShellExecute = $false
        CreateNoWindow = $true
        RedirectStandardInput = $true
        RedirectStandardOutput = $true
        RedirectStandardError = $true
        StandardOutputEncoding = [System.Text.Encoding]::UTF8
        StandardErrorEncoding = [System.Text.Encoding]::UTF8
    }
    try {
        $process = [System.Diagnostics.Process]::Start($start)
    }
    catch {
        $cause = $_.Exception.GetBaseException().Message
        $Cmdlet.ThrowTerminatingError((New-NodeMissingErrorRecord -NodePath $command.Path -Cause $cause))
    }
    $stream = $process.StandardInput.BaseStream
    $script:NodeProcess = [pscustomobject] @{
        Path = $command.Path
        Process = $process
        # Not $process.StandardInput, which uses the code page of the console in Windows PowerShell. Not Encoding.UTF8: a character that
        # it cannot encode would remain in the buffer, and every later request would fail.
        Writer = [System.IO.StreamWriter]::new($stream, [System.Text.UTF8Encoding]::new($false))
        Reader = $process.StandardOutput
        # The line that is being read. Only one read may be pending, and it outlives a cmdlet that was stopped.
        PendingLine = $null
        # Read from the start, because the process waits if the pipe is full.
        ErrorText = $process.StandardError.ReadToEndAsync()
        # Set while the process works on the first request, because it takes a while.
        RunspaceHandler = $null
        LastRequestId = 0
        HasResponded = $false
        HasEnded = $false
    }
    return $script:NodeProcess
}
