function Write-SignInUrl {
    # Shows the address of a sign-in in a browser of this machine.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $SignIn)

    $instruction = 'To sign in, go to:'
    if ($SignIn.isOpened) { $instruction = 'Sign in, in the browser. If none opens, go to:' }
    Write-HostText -Cmdlet $Cmdlet -Text "$instruction`n  $($SignIn.url)"
    Write-OktaProgress -Cmdlet $Cmdlet -Activity 'Connect-Okta' -Status 'Waiting for the sign-in in the browser. Ctrl+C cancels.'
}
