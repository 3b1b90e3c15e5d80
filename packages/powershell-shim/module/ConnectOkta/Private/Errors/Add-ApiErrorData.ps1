function Add-ApiErrorData {
    # Adds what Okta's API responded to an error record, as Exception.Data.
    param([System.Management.Automation.ErrorRecord] $Record, [psobject] $Response)

    $data = $Record.Exception.Data
    $data['StatusCode'] = [int] $Response.status
    $data['OktaErrorCauses'] = [string[]] $Response.causes
    foreach ($name in 'errorCode', 'errorId', 'requestId') {
        $property = $Response.PSObject.Properties[$name]
        if ($null -ne $property) { $data["Okta$($name.Substring(0, 1).ToUpperInvariant())$($name.Substring(1))"] = $property.Value }
    }
    $summary = $Response.PSObject.Properties['summary']
    if ($null -ne $summary) { $data['OktaErrorSummary'] = $summary.Value }
}
