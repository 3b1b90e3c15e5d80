function New-KeyErrorRecord {
    # The error for a key that cannot be used. It does not contain the value of the parameter, which may be a key.
    param([string] $Message, [string] $Hint, [string] $ParameterName)

    return New-OktaErrorRecord -Id 'OktaPrivateKeyInvalid' -Message $Message -Hint $Hint -Category 'InvalidArgument' -Target $ParameterName
}
