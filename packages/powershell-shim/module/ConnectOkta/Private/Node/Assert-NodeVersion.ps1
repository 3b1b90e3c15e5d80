function Assert-NodeVersion {
    # Throws an error if the Node process ended before it responded because Node.js is too old.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $NodePath)

    $start = [System.Diagnostics.ProcessStartInfo]::new($NodePath, '--version')
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.CreateNoWindow = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $text = $process.StandardOutput.ReadToEnd().Trim()
    $process.WaitForExit()
    $version = $text.TrimStart('v') -as [version]
    if ($null -eq $version -or $version -ge [version] '20.19') { return }

    $Cmdlet.ThrowTerminatingError((New-OktaErrorRecord -Id 'OktaNodeTooOld' -Message "Node.js $version at $NodePath is too old." `
                -Hint (Get-NodeInstallHint) -Category 'NotInstalled' -Target $NodePath))
}
