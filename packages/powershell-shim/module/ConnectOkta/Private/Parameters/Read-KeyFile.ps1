function Read-KeyFile {
    # Returns the content of a file with a private key: see ConvertTo-KeyText.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Path)

    $file = Resolve-FilePath -Cmdlet $Cmdlet -Path $Path -ParameterName 'JsonWebKeyPath'
    $reason = 'it does not exist'
    if ([System.IO.Directory]::Exists($file)) { $reason = 'it is a folder' }
    elseif ([System.IO.File]::Exists($file)) {
        try { return ConvertTo-KeyText -Key ([System.IO.File]::ReadAllBytes($file)) }
        catch { $reason = $_.Exception.GetBaseException().Message }
    }
    $Cmdlet.ThrowTerminatingError((New-OktaErrorRecord -Id 'OktaPrivateKeyInvalid' -Message "The key file $file cannot be read: $reason." `
                -Hint 'Use the path of a file with the private key.' -Category 'InvalidArgument' -Target 'JsonWebKeyPath'))
}
