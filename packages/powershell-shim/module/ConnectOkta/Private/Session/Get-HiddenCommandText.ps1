function Get-HiddenCommandText {
    # Returns a warning if DSInternals.Passkeys is loaded too, which has four cmdlets of the same names: the module that is imported last
    # replaces those of the other. At import that is this one.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [switch] $IsImport)

    if ($null -eq (Get-Module -Name 'DSInternals.Passkeys')) { return }
    if ($IsImport) {
        return 'DSInternals.Passkeys is loaded too. Connect-Okta, Disconnect-Okta, Get-OktaPasskeyRegistrationOptions and ' +
            'Register-OktaPasskey are now those of ConnectOkta: see Get-Help about_ConnectOkta.'
    }
    # The command that the caller would run. A script block of this module would find the one of this module.
    $script = [scriptblock]::Create("Get-Command -Name 'Connect-Okta' -ErrorAction SilentlyContinue")
    $command = $Cmdlet.InvokeCommand.InvokeScript($Cmdlet.SessionState, $script)
    if (@($command)[0].ModuleName -cne 'DSInternals.Passkeys') { return }
    return 'Connect-Okta is the one of DSInternals.Passkeys, which was imported later. Use ConnectOkta\Connect-Okta, or import ConnectOkta again.'
}
