function New-OptionErrorRecord {
    # The error for a parameter with an invalid value.
    param([string] $Message, [string] $Hint, [string] $ParameterName)

    return New-OktaErrorRecord -Id 'OktaOptionsInvalid' -Message $Message -Hint $Hint -Category 'InvalidArgument' -Target $ParameterName
}
