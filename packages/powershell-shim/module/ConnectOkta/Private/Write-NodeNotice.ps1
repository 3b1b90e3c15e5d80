function Write-NodeNotice {
    # Writes a notice of the Node process to the stream that it belongs to.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Name, [object] $Content)

    if ($Name -ceq 'signIn') { Write-SignInUrl -Cmdlet $Cmdlet -SignIn $Content }
    elseif ($Name -ceq 'deviceCode') { Write-DeviceCode -Cmdlet $Cmdlet -DeviceCode $Content }
    elseif ($Name -ceq 'finding') { $Cmdlet.WriteObject((ConvertTo-OktaFinding -Finding $Content)) }
    elseif ($Name -ceq 'warning') { $Cmdlet.WriteWarning((ConvertTo-EscapedText -Text $Content)) }
    else {
        # "waiting": another process signs the user in, who should see that. "retrying": another request to Okta follows.
        $text = ConvertTo-EscapedText -Text $Content
        if ($Name -ceq 'waiting') { Write-HostText -Cmdlet $Cmdlet -Text $text }
        else { $Cmdlet.WriteVerbose($text) }
        Write-OktaProgress -Cmdlet $Cmdlet -Activity $Cmdlet.MyInvocation.MyCommand.Name -Status $text
    }
}
