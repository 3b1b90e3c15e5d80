function Set-ResponseVariable {
    # Sets the variables that the user of Invoke-OktaApi named to the status and the headers of a response.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Response)

    $bound = $Cmdlet.MyInvocation.BoundParameters
    $variables = $Cmdlet.SessionState.PSVariable
    if ($bound.ContainsKey('StatusCodeVariable')) { $variables.Set($bound.StatusCodeVariable, [int] $Response.status) }
    if ($bound.ContainsKey('ResponseHeadersVariable')) {
        $headers = [System.Collections.Generic.Dictionary[string, string[]]]::new([System.StringComparer]::OrdinalIgnoreCase)
        foreach ($header in $Response.headers) { $headers[$header.name] = [string[]] $header.values }
        $variables.Set($bound.ResponseHeadersVariable, $headers)
    }
}
