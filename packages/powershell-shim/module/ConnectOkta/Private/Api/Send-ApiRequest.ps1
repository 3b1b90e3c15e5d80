function Send-ApiRequest {
    # Sends a request, writes the content of the response to the pipeline, and sets the variables that the caller named.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Session, [hashtable] $Request)

    $method = $Request.method
    $isSafe = $method -cin 'GET', 'HEAD'
    $target = "$method $($Request.path)"
    if (-not $isSafe -and -not $Cmdlet.ShouldProcess((ConvertTo-EscapedText -Text $Request.path), $method)) { return }
    # POST and PATCH are not idempotent (RFC 9110, section 9.2.2).
    $result = Invoke-NodeMethod -Cmdlet $Cmdlet -Method 'api' -Parameters $Request -Target $target -Session $Session `
        -NoRetry:($method -cin 'POST', 'PATCH')
    if ($null -eq $result) { return }
    $bound = $Cmdlet.MyInvocation.BoundParameters
    $variables = $Cmdlet.SessionState.PSVariable
    if ($bound.ContainsKey('StatusCodeVariable')) { $variables.Set($bound.StatusCodeVariable, [int] $result.status) }
    if ($bound.ContainsKey('ResponseHeadersVariable')) {
        $headers = [System.Collections.Generic.Dictionary[string, string[]]]::new([System.StringComparer]::OrdinalIgnoreCase)
        foreach ($header in $result.headers) { $headers[$header.name] = [string[]] $header.values }
        $variables.Set($bound.ResponseHeadersVariable, $headers)
    }
}
