function Get-SignatureFailure {
    # Returns the response for a key that did not sign: what failed, and what to do.
    param([string] $Name, [System.Exception] $Cause)

    $message = "$Name could not sign: $(Get-CauseText -Exception $Cause)."
    $hint = 'Check that the key has a private part that this user may use to sign.'
    # ERROR_CANCELLED, SCARD_W_CANCELLED_BY_USER and NTE_USER_CANCELLED.
    if ('{0:x8}' -f $Cause.HResult -cin '800704c7', '8010006e', '80090036') {
        $message = "$Name could not sign: you canceled the use of the key."
        $hint = 'Try again, and allow the use of the key.'
    }
    elseif ($Cause -is [System.ObjectDisposedException]) {
        $message = "$Name could not sign: its object was disposed."
        $hint = 'Connect again, and dispose of the key only after Disconnect-Okta.'
    }
    return @{ message = $message; hint = $hint }
}
