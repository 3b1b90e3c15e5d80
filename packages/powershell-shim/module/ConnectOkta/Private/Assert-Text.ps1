function Assert-Text {
    # Whether a text is one, with an error where it is not. The binder makes texts of whatever it is given: the name of a
    # type, or @{...}. What was given is not repeated: it may be a key.
    param($Cmdlet, [string] $Name, [string[]] $Texts, [string] $Id, [string] $Hint)

    foreach ($text in $Texts) {
        if ($text -match '^\s*@\{|^(System|Microsoft)\.[A-Za-z.+]+(\[.*\])?$') {
            $message = "-$Name takes text, and was given an object."
            $Cmdlet.WriteError((New-OktaErrorRecord $Id $message $Hint 'InvalidArgument' $Name))
            return $false
        }
    }
    return $true
}
