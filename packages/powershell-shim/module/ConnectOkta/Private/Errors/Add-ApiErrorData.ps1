function Add-ApiErrorData {
    # Adds what Okta's API responded to an error record: as properties of the exception, and as its Data.
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
}
