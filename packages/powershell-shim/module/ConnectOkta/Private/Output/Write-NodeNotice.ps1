function Write-NodeNotice {
    # Writes a notice of the Node process to its stream.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Name, [object] $Content)

    if ($Name -ceq 'response') { Set-ResponseVariable -Cmdlet $Cmdlet -Response $Content }
    elseif ($Name -ceq 'signIn') { Write-SignInUrl -Cmdlet $Cmdlet -SignIn $Content }
    elseif ($Name -ceq 'deviceCode') { Write-DeviceCode -Cmdlet $Cmdlet -DeviceCode $Content }
    elseif ($Name -ceq 'warning') { $Cmdlet.WriteWarning((ConvertTo-EscapedText -Text $Content)) }
    else {
        $text = ConvertTo-EscapedText -Text $Content
        # The user needs to know that another process waits for the sign-in.
        if ($Name -ceq 'waiting') { Write-HostText -Cmdlet $Cmdlet -Text $text }
        elseif ($Name -ceq 'retrying') { $Cmdlet.WriteVerbose($text) }
        Write-OktaProgress -Cmdlet $Cmdlet -Activity $Cmdlet.MyInvocation.MyCommand.Name -Status $text
    }
}
