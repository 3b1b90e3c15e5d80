function Write-ShimWait {
    # What is being waited for, with a bar until it is over.
    param($Cmdlet, $Method, $Said)

    if ($Method -ceq 'signIn') { Write-SignIn $Cmdlet $Said }
    elseif ($Method -ceq 'deviceCode') { Write-DeviceCode $Cmdlet $Said }
    else {
        # Another process signs in, which is for all to see; or Okta is asked again.
        $Said = ConvertTo-EscapedText $Said $script:ControlCharacter
        if ($Method -ceq 'waiting') { Write-HostText $Cmdlet $Said }
        else { $Cmdlet.WriteVerbose($Said) }
        Write-ShimProgress $Cmdlet $Cmdlet.MyInvocation.MyCommand.Name $Said
    }
}
