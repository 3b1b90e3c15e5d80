function ConvertTo-ApiHeader {
    # Writes the values of -Headers as text.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Headers)

    $result = @{}
    foreach ($name in $Headers.Keys) {
        $text = ConvertTo-PlainText -Value $Headers[$name]
        if ($null -eq $text) {
            $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "The value of $name in -Headers is not text." `
                        -Hint 'Use text. Omit what has no value.' -ParameterName 'Headers'))
        }
        $result["$name"] = $text
    }
    return $result
}
