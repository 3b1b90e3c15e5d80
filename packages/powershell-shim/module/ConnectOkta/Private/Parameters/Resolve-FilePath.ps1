function Resolve-FilePath {
    # Returns the full path of a file, which need not exist. Relative paths count from the location of the caller.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Path, [string] $ParameterName)

    $textError = Get-TextErrorRecord -Parameters @{ $ParameterName = $Path }
    if ($Path.Trim() -ceq '') {
        $textError = New-OptionErrorRecord -Message "-$ParameterName is empty." -Hint 'Use the path of a file.' -ParameterName $ParameterName
    }
    if ($null -ne $textError) { $Cmdlet.ThrowTerminatingError($textError) }
    $provider = $null
    $drive = $null
    $file = $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $drive)
    if ($provider.Name -cne 'FileSystem') {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-$ParameterName is not a path of the file system." `
                    -Hint 'Use the path of a file.' -ParameterName $ParameterName))
    }
    return $file
}
