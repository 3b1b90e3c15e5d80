function New-ApiRequest {
    # Returns the request of Invoke-OktaApi, as parameters of the method "api" of the Node process. Its path is empty if it comes from
    # the pipeline. The method and the path may be in either order: Invoke-OktaApi GET /api/v1/users.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [System.Collections.IDictionary] $Bound, [string] $Method)

    $methods = 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'
    $path = "$($Bound['Path'])"
    if ($path -in $methods -and $Method -notin $methods) { $path, $Method = $Method, $path }
    elseif ($path -in $methods -and -not $Bound.ContainsKey('Method')) { $path, $Method = '', $path }
    elseif ($Bound.ContainsKey('Path') -and $path.Trim() -ceq '') {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-Path is empty.' `
                    -Hint 'Use a path such as /api/v1/users/me.' -ParameterName 'Path'))
    }
    if ($Method -notin $methods) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-Method is not one of $($methods -join ', ')." `
                    -Hint 'Use one of them, and a path such as /api/v1/users.' -ParameterName 'Method'))
    }
    # An object in a path, "/api/v1/users/$user": a URL contains no braces (RFC 3986, section 2).
    if ($path -cmatch '(?s)@\{[^{}=]+=.*\}' -or (Test-ObjectText -Text $path)) {
        $Cmdlet.ThrowTerminatingError((New-ObjectErrorRecord -ParameterName 'Path' -Hint 'Use its ID: "/api/v1/users/$($user.id)".'))
    }
    if ($path -ceq '' -and -not $Cmdlet.MyInvocation.ExpectingInput) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-Path is missing.' `
                    -Hint 'Use a path such as /api/v1/users/me: Invoke-OktaApi /api/v1/users/me' -ParameterName 'Path'))
    }
    $request = @{ method = $Method.ToUpperInvariant(); path = $path }
    $headers = @{}
    if ($null -ne $Bound['Query']) { $request.query = @(ConvertTo-ApiQuery -Cmdlet $Cmdlet -Query $Bound.Query) }
    if ($null -ne $Bound['Headers']) { $headers = ConvertTo-ApiHeader -Cmdlet $Cmdlet -Headers $Bound.Headers }
    if ($Bound.ContainsKey('ContentType')) { $headers['Content-Type'] = $Bound.ContentType }
    if ($headers.Count -gt 0) { $request.headers = $headers }
    if ($Bound.ContainsKey('Body')) { Set-RequestBody -Cmdlet $Cmdlet -Request $request -Body $Bound.Body }
    if ($Bound.ContainsKey('OutFile')) { $request.outFile = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound.OutFile -ParameterName 'OutFile' }
    if ($Bound.ContainsKey('OutFile') -and ($Bound.ContainsKey('Paginate') -or $Cmdlet.MyInvocation.ExpectingInput)) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-OutFile and -Paginate cannot be used together.' `
                    -Hint 'Use Invoke-OktaApi ... -Paginate | ConvertTo-Json -Depth 20 | Set-Content users.json' -ParameterName 'OutFile'))
    }
    if ($Bound.ContainsKey('Body') -and $Cmdlet.MyInvocation.ExpectingInput -and $path -cne '') {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-Body and pipeline input cannot be used together.' `
                    -Hint 'Use only one of them.' -ParameterName 'Body'))
    }
    if ($Bound.ContainsKey('Paginate') -and $Bound.ContainsKey('SkipHttpErrorCheck')) {
        $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message '-SkipHttpErrorCheck and -Paginate cannot be used together.' `
                    -Hint 'Use only one of them.' -ParameterName 'SkipHttpErrorCheck'))
    }
    if ($Bound.ContainsKey('StatusCodeVariable') -or $Bound.ContainsKey('ResponseHeadersVariable')) { $request.reportResponse = $true }
    foreach ($name in 'StatusCodeVariable', 'ResponseHeadersVariable') {
        if ($Bound.ContainsKey($name) -and "$($Bound[$name])" -cnotmatch '^(?:\w+:)?\w+$') {
            $Cmdlet.ThrowTerminatingError((New-OptionErrorRecord -Message "-$name is not the name of a variable." `
                        -Hint 'Use a name without $, such as status.' -ParameterName $name))
        }
    }
    foreach ($name in 'Paginate', 'SkipHttpErrorCheck') {
        if ($Bound.ContainsKey($name) -and $Bound[$name]) { $request[$name.Substring(0, 1).ToLowerInvariant() + $name.Substring(1)] = $true }
    }
    return $request
}
