function Write-ObjectError {
    # Says that a parameter takes text. The binder makes text of any object: the name of its type, or @{...}.
    param($Cmdlet, [string] $Name, [string] $Hint = "Give it as 'text'.")

    $id = 'OktaOptionsInvalid'
    if ($Name -ceq 'JsonWebKey') {
        $id = 'OktaPrivateKeyInvalid'
        $Hint = 'Give the text of the key: Get-Content key.json -Raw, or $key | ConvertTo-Json.'
    }
    $Cmdlet.WriteError((New-OktaErrorRecord $id "-$Name takes text, and was given an object." $Hint 'InvalidArgument' $Name))
}
