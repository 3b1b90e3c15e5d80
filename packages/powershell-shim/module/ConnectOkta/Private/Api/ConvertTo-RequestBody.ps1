function ConvertTo-RequestBody {
    # Returns a body: JSON for an object, and text as it is. The lines of a JSON file are one text. Bytes are Base64 in
    # a hashtable.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [object] $Body)

    if ($Body -is [string]) { return $Body }
    if (Test-ByteArray -Value $Body) { return @{ base64 = [System.Convert]::ToBase64String([byte[]] $Body) } }
    if ($null -eq $Body) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-Body is $null.' -Hint 'Omit it to send no body.' `
                    -ParameterName 'Body'))
    }
    if ($Body -is [array] -and $Body.Count -gt 0 -and $Body[0] -is [string] -and $Body[-1] -is [string]) {
        $text = $Body -join "`n"
        if ($text -cmatch '^\s*[\[{]') { return $text }
    }
    try { return ConvertTo-JsonText -Value $Body }
    catch {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-Body cannot be written as JSON: $($_.Exception.Message)" `
                    -Hint 'Use hashtables, lists, text, numbers and times, or JSON as a string.' -ParameterName 'Body'))
    }
}
