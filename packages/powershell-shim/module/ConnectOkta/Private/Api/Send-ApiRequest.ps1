function Send-ApiRequest {
    # Sends a request, and writes the content of the response to the pipeline. See also Set-ResponseVariable.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [psobject] $Session,
        [hashtable] $Request,
        [System.Collections.IDictionary] $Bound
    )

    $variables = $Cmdlet.SessionState.PSVariable
    # Not those of an earlier call if there is no response.
    foreach ($name in 'StatusCodeVariable', 'ResponseHeadersVariable') {
        if ($Bound.ContainsKey($name)) { $variables.Set($Bound[$name], $null) }
    }
    $Cmdlet.WriteVerbose("Sending $($Request.method) $(ConvertTo-EscapedText -Text $Request.path)")
    # POST and PATCH are not idempotent (RFC 9110, section 9.2.2).
    $null = Invoke-NodeMethod -Cmdlet $Cmdlet -Method 'api' -Parameters $Request -Target "$($Request.method) $($Request.path)" `
        -Session $Session -NoRetry:($Request.method -cin 'POST', 'PATCH')
}
