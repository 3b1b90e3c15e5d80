function Send-ApiRequest {
    # Sends a request, writes the content of the response to the pipeline, and sets the variables that the caller named.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [psobject] $Session,
        [hashtable] $Request,
        [System.Collections.IDictionary] $Bound
    )

    $variables = $Cmdlet.SessionState.PSVariable
    # Not those of an earlier call if this one fails.
    foreach ($name in 'StatusCodeVariable', 'ResponseHeadersVariable') {
        if ($Bound.ContainsKey($name)) { $variables.Set($Bound[$name], $null) }
    }
    # POST and PATCH are not idempotent (RFC 9110, section 9.2.2).
    $result = Invoke-NodeMethod -Cmdlet $Cmdlet -Method 'api' -Parameters $Request -Target "$($Request.method) $($Request.path)" `
        -Session $Session -NoRetry:($Request.method -cin 'POST', 'PATCH')
    if ($null -eq $result) { return }
    if ($Bound.ContainsKey('StatusCodeVariable')) { $variables.Set($Bound.StatusCodeVariable, [int] $result.status) }
    if ($Bound.ContainsKey('ResponseHeadersVariable')) {
        $headers = [System.Collections.Generic.Dictionary[string, string[]]]::new([System.StringComparer]::OrdinalIgnoreCase)
        foreach ($header in $result.headers) { $headers[$header.name] = [string[]] $header.values }
        $variables.Set($Bound.ResponseHeadersVariable, $headers)
    }
}
