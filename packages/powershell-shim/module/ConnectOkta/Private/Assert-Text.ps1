function Assert-Text {
    # Whether texts are some, with an error where one is not. The binder makes texts of whatever it is given: the name of a
    # type, or @{...}. What was given is not repeated: it may be a key.
    param($Cmdlet, $Texts, [string] $Id = 'OktaOptionsInvalid', [string] $Hint = "Give it as 'text'.")

    foreach ($name in $Texts.Keys) {
        if (@($Texts[$name]) -cmatch $script:ObjectText) {
            $Cmdlet.WriteError((New-OktaErrorRecord $Id "-$name takes text, and was given an object." $Hint 'InvalidArgument' $name))
            return $false
        }
    }
    return $true
}
