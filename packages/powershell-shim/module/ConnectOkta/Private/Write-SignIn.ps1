function Write-SignIn {
    # Where to sign in, in a browser of this machine.
    param($Cmdlet, $Said)

    $how = 'To sign in, go to:'
    if ($Said.isOpened) { $how = 'Sign in, in the browser. If none opens, go to:' }
    Write-HostText $Cmdlet "$how`n  $($Said.url)"
    Write-ShimProgress $Cmdlet 'Connect-Okta' 'Waiting for the sign-in in the browser. Ctrl+C gives up.'
}
