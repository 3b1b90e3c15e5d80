function Write-ObjectError {
    # Says that a parameter takes text. The binder makes text of any object: the name of its type, or @{...}.
    param($Cmdlet, [string] $Name)

    $id = 'OktaOptionsInvalid'
    $hint = "Give it as 'text'."
    if ($Name -ceq 'JsonWebKey') {
        $id = 'OktaPrivateKeyInvalid'
        $hint = 'Give the text of the key: Get-Content key.json -Raw, or $key | ConvertTo-Json.'
    }
    elseif ($Name -ceq 'Path') {
        $hint = "Give a text such as '/api/v1/users/me': of objects, `$objects | ForEach-Object { `"/api/v1/users/`$(`$_.id)`" }."
    }
    $Cmdlet.WriteError((New-OktaErrorRecord $id "-$Name takes text, and was given an object." $hint 'InvalidArgument' $Name))
}
