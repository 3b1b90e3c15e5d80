function Start-Shim {
    # Starts the program that does the work, unless it runs. Secrets go to its standard input alone.
    param($Cmdlet)

    if ($null -ne $script:Shim -and -not $script:Shim['HasEnded'] -and -not $script:Shim['Process'].HasExited) { return }
    if ($null -ne $script:Shim) { Stop-Shim -KeepSession }
    $node = Find-Node $Cmdlet
    $main = [System.IO.Path]::Combine($PSScriptRoot, 'shim', 'shim.cjs')
    $start = [System.Diagnostics.ProcessStartInfo]::new($node, ('"{0}"' -f $main))
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = [System.Text.UTF8Encoding]::new($false)
    $start.StandardErrorEncoding = [System.Text.UTF8Encoding]::new($false)
    try {
        $process = [System.Diagnostics.Process]::Start($start)
    }
    catch {
        Stop-WithError $Cmdlet 'OktaNodeMissing' "Node.js cannot be started: $($_.Exception.GetBaseException().Message)" (
            'Install Node.js 20.19 or later from https://nodejs.org, or name it with the environment variable ' +
            'CONNECT_OKTA_NODE.') 'NotInstalled' $node
    }
    # By index where a first connection passes: the engine compiles each name behind a dot, and all indexes once.
    $script:Shim = @{
        Process = $process
        Node = $node
        # One that is not text: Windows PowerShell would write it in the code page of the console.
        Input = $process.StandardInput.BaseStream
        Output = $process.StandardOutput
        # Read from the start, so that the shim never waits for a reader.
        LastWords = $process.StandardError.ReadToEndAsync()
        # A line that is being read. There may be but one, and it outlives the cmdlet that began it.
        Reading = $null
        LastId = 0
        Asked = $null
        HasAnswered = $false
        # Its output ends some time before the process has.
        HasEnded = $false
        # Whether it knows the session of this runspace.
        IsReplayed = $null -eq $script:Session
        # What ends it with the runspace: see Register-ShimEnd.
        Exiting = $null
    }
}
