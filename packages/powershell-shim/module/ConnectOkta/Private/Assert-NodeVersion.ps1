function Assert-NodeVersion {
    # Explains why a shim ended before it said anything, if that is because of an old Node.js.
    param($Cmdlet, [string] $Node)

    $start = [System.Diagnostics.ProcessStartInfo]::new($Node, '--version')
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.CreateNoWindow = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $text = $process.StandardOutput.ReadToEnd().Trim()
    $process.WaitForExit()
    $version = $text.TrimStart('v') -as [version]
    if ($null -eq $version -or $version -ge [version] '20.19') { return }

    Stop-WithError $Cmdlet 'OktaNodeTooOld' "Node.js $version at $Node is too old." ('Install Node.js 20.19 or later from ' +
        'https://nodejs.org, or name another one with the environment variable CONNECT_OKTA_NODE.') 'NotInstalled' $Node
}
