function ConvertTo-ApiQuery {
    # Writes the names and values of -Query as pairs of text. A list is written as several values of one name.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Query)

    foreach ($entry in $Query.GetEnumerator()) {
        foreach ($value in @($entry.Value)) {
            $text = ConvertTo-PlainText -Value $value
            if ($null -eq $text) {
                $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "The value of $($entry.Key) in -Query is not text." `
                            -Hint 'Use text, a number, $true, $false, or a time. Omit entries without a value.' -ParameterName 'Query'))
            }
            , @("$($entry.Key)", $text)
        }
    }
}
