function Write-NodeNotice {
    # Writes a notice of the Node process to the stream that it belongs to.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Name, [object] $Content)

    if ($Name -ceq 'signIn') { Write-SignInUrl -Cmdlet $Cmdlet -SignIn $Content }
    elseif ($Name -ceq 'deviceCode') { Write-DeviceCode -Cmdlet $Cmdlet -DeviceCode $Content }
    elseif ($Name -ceq 'warning') { $Cmdlet.WriteWarning((ConvertTo-EscapedText -Text $Content)) }
    else {
        $text = ConvertTo-EscapedText -Text $Content
        # Another process signs the user in, who has to see that.
        if ($Name -ceq 'waiting') { Write-HostText -Cmdlet $Cmdlet -Text $text }
        # Another request to Okta follows.
        elseif ($Name -ceq 'retrying') { $Cmdlet.WriteVerbose($text) }
        Write-OktaProgress -Cmdlet $Cmdlet -Activity $Cmdlet.MyInvocation.MyCommand.Name -Status $text
    }
}
