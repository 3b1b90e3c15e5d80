function Get-TextErrorRecord {
    # Returns an error if a text parameter of a call is empty, is an object that was converted, is a key in a form that only PowerShell
    # has, or has half of a character. The error does not contain the text, which may be a key.
    param([hashtable] $Parameters)

    # Half of a surrogate pair, which UTF-8 cannot encode.
    $halfCharacter = '[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]'
    foreach ($name in $Parameters.Keys) {
        $texts = @($Parameters[$name])
        $parameterName = $name.Substring(0, 1).ToUpperInvariant() + $name.Substring(1)
        if ($texts -cmatch $halfCharacter) {
            return New-OktaErrorRecord -Id 'OktaOptionsInvalid' `
                -Message "-$parameterName has half of a surrogate pair, which is not a character." `
                -Hint 'Use whole characters: Substring can split one.' -Category 'InvalidArgument' -Target $parameterName
        }
        if (-not ($texts -match '\S')) {
            $record = Get-EmptyTextErrorRecord -Name $name -ParameterName $parameterName
            if ($null -ne $record) { return $record }
        }
        if ($name -cin 'clientSecret', 'apiToken', 'accessToken', 'keyPassphrase', 'body', 'credential') { continue }
        foreach ($text in $texts) {
            if ($text -isnot [string]) { continue }
            if (Test-ObjectText -Text $text) { return New-ObjectErrorRecord -ParameterName $parameterName -Text $text }
            if ($name -cne 'jsonWebKey') { continue }
            $record = Get-KeyFormErrorRecord -Text $text
            if ($null -ne $record) { return $record }
        }
    }
}
