function Add-ApiErrorData {
    # Adds what Okta's API responded to an error record: as properties of the exception, as its Data, and, as Invoke-RestMethod does, the
    # text of the response as ErrorDetails.Message. The view of the type shows the message of the exception instead.
    param([System.Management.Automation.ErrorRecord] $Record, [psobject] $Response)

    $exception = $Record.Exception
    $values = [ordered] @{ StatusCode = [int] $Response.status; ErrorCauses = [string[]] $Response.causes }
    $names = @{ ErrorCode = 'errorCode'; ErrorSummary = 'summary'; ErrorId = 'errorId'; RequestId = 'requestId' }
    foreach ($name in $names.Keys) {
        $property = $Response.PSObject.Properties[$names[$name]]
        $values[$name] = $null
        if ($null -ne $property) { $values[$name] = $property.Value }
    }
    foreach ($name in $values.Keys) {
        $exception.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new($name, $values[$name]))
        if ($null -ne $values[$name]) { $exception.Data["Okta$name" -creplace '^OktaStatusCode$', 'StatusCode'] = $values[$name] }
    }
    $text = $Response.PSObject.Properties['body']
    if ($null -eq $text) { return }
    $hint = $Record.ErrorDetails.RecommendedAction
    # Escaped, it is the same JSON.
    $json = ConvertTo-EscapedText -Text $text.Value -Pattern "$script:ControlCharacter(?<![\t\r\n])"
    $Record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($json)
    $Record.ErrorDetails.RecommendedAction = $hint
    $Record.PSObject.TypeNames.Insert(0, 'ConnectOkta.ApiErrorRecord')
}
