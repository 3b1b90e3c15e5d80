function Get-ProgramVersion {
    # Returns the version that Node.js or the program connect-okta prints. Returns nothing if it prints something else or does not run.
    param([string] $Path, [string] $Arguments = 'powershell-shim --version')

    $start = [System.Diagnostics.ProcessStartInfo]::new($Path, $Arguments)
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.CreateNoWindow = $true
    try { $process = [System.Diagnostics.Process]::Start($start) }
    catch { return }
    # Both are read, because the process waits if a pipe is full.
    $null = $process.StandardError.ReadToEndAsync()
    $text = $process.StandardOutput.ReadToEnd().Trim()
    $process.WaitForExit()
    if ($text -cmatch '^(?:v|powershell-shim )(\d+\.\d+\.\d+)$') { return $Matches[1] }
}
