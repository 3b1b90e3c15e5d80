function ConvertTo-ApiHeader {
    # Writes the values of -Headers as text.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Headers)

    $result = @{}
    foreach ($entry in $Headers.GetEnumerator()) {
        $text = ConvertTo-PlainText -Value $entry.Value
        if ($null -eq $text) {
            $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "The value of $($entry.Key) in -Headers is not text." `
                        -Hint 'Use text. Omit entries without a value.' -ParameterName 'Headers'))
        }
        $result["$($entry.Key)"] = $text
    }
    return $result
}
