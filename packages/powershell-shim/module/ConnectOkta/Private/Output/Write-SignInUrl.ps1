function Write-SignInUrl {
    # Shows the address of a sign-in with a browser on this machine.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $SignIn)

    $instruction = 'To sign in, go to:'
    if ($SignIn.isOpened) { $instruction = 'Sign in with the browser. If it does not open, go to:' }
    Write-HostText -Cmdlet $Cmdlet -Text "$instruction`n  $($SignIn.url)"
    Write-OktaProgress -Cmdlet $Cmdlet -Activity 'Connect-Okta' -Status 'Sign in with the browser. Press Ctrl+C to cancel.'
}
