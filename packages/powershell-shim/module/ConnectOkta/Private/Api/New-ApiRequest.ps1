function New-ApiRequest {
    # Returns the request of Invoke-OktaApi, as parameters of the method "api" of the Node process. Its path is empty if it comes from
    # the pipeline. The method and the path may be in either order: Invoke-OktaApi GET /api/v1/users.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Path, [string] $Method)

    $methods = 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'
    $bound = $Cmdlet.MyInvocation.BoundParameters
    if ($Path -in $methods -and $Method -notin $methods) { $Path, $Method = $Method, $Path }
    elseif ($Path -in $methods -and -not $bound.ContainsKey('Method')) { $Path, $Method = '', $Path }
    elseif ($bound.ContainsKey('Path') -and $Path.Trim() -ceq '') {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-Path is empty.' `
                    -Hint 'Use a path such as /api/v1/users/me.' -ParameterName 'Path'))
    }
    if ($Method -notin $methods) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-Method is not one of $($methods -join ', ')." `
                    -Hint 'Use one of them, and a path such as /api/v1/users.' -ParameterName 'Method'))
    }
    # An object in a path, "/api/v1/users/$user": a URL contains no braces (RFC 3986, section 2).
    if ($Path -cmatch '(?s)@\{[^{}=]+=.*\}' -or (Test-ObjectText -Text $Path)) {
        $Cmdlet.ThrowTerminatingError((New-ObjectErrorRecord -ParameterName 'Path' -Hint 'Use its ID: "/api/v1/users/$($user.id)".'))
    }
    if ($Path -ceq '' -and -not $Cmdlet.MyInvocation.ExpectingInput) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message 'There is no path.' `
                    -Hint 'Use a path such as /api/v1/users/me: Invoke-OktaApi /api/v1/users/me' -ParameterName 'Path'))
    }
    $request = @{ method = $Method.ToUpperInvariant(); path = $Path; headers = @{}; query = @() }
    if ($bound.ContainsKey('Query')) { $request.query = @(ConvertTo-ApiQuery -Cmdlet $Cmdlet -Query $bound.Query) }
    if ($bound.ContainsKey('Headers')) { $request.headers = ConvertTo-ApiHeader -Cmdlet $Cmdlet -Headers $bound.Headers }
    if ($bound.ContainsKey('Body')) {
        $request.body = ConvertTo-RequestBody -Cmdlet $Cmdlet -Body $bound.Body
        if ($bound.Body -is [byte[]]) { $request.headers['Content-Type'] = 'application/octet-stream' }
    }
    if ($bound.ContainsKey('ContentType')) { $request.headers['Content-Type'] = $bound.ContentType }
    if ($bound.ContainsKey('OutFile')) { $request.outFile = Resolve-FilePath -Cmdlet $Cmdlet -Path $bound.OutFile -ParameterName 'OutFile' }
    foreach ($name in 'Paginate', 'SkipHttpErrorCheck') {
        if ($bound.ContainsKey($name) -and $bound[$name]) { $request[$name.Substring(0, 1).ToLowerInvariant() + $name.Substring(1)] = $true }
    }
    return $request
}
