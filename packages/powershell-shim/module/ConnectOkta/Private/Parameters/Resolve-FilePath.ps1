function Resolve-FilePath {
    # Returns the full path of a file, which need not exist. Relative paths count from the location of the caller.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Path, [string] $ParameterName)

    # A key in place of its path is not repeated.
    if ($Path.Trim() -ceq '' -or $Path -cmatch '[\r\n]|^\s*\{|-----BEGIN' -or (Test-ObjectText -Text $Path)) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-$ParameterName is not the path of a file." `
                    -Hint 'Use a path such as key.json.' -ParameterName $ParameterName))
    }
    $provider = $null
    $drive = $null
    try { $file = $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $drive) }
    # There is no such drive.
    catch [System.Management.Automation.SessionStateException] { $provider = $null }
    if ($null -eq $provider -or $provider.Name -cne 'FileSystem') {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-$ParameterName is not a path of the file system." `
                    -Hint 'Use the path of a file.' -ParameterName $ParameterName))
    }
    return $file
}
