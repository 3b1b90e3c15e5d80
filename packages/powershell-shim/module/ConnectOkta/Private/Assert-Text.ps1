function Assert-Text {
    # Whether the texts among the parameters of a request are what was meant, with an error if one is not. What was given is
    # not repeated: it may be a key.
    param($Cmdlet, $Parameters)

    foreach ($name in $Parameters.Keys) {
        $texts = @($Parameters[$name])
        # The name of the parameter of the cmdlet.
        $named = $name.Substring(0, 1).ToUpperInvariant() + $name.Substring(1)
        if ($texts -cmatch $script:HalfCharacter) {
            $Cmdlet.WriteError((New-OktaErrorRecord 'OktaOptionsInvalid' "-$named has half of a surrogate pair, which is not a character." `
                        'Use whole characters: Substring can cut one in two.' 'InvalidArgument' $named))
            return $false
        }
        if ($name -cnotin 'clientSecret', 'apiToken' -and $texts -cmatch $script:ObjectText) {
            Write-ObjectError $Cmdlet $named
            return $false
        }
    }
    return $true
}
