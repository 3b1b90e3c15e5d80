function Invoke-OktaApi {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(Position = 0)]
        [ValidateSet('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE')]
        [string] $Method = 'GET',

        [Parameter(Mandatory = $true, Position = 1, ValueFromPipeline = $true)]
        [ValidateNotNullOrEmpty()]
        [string] $Path,

        [object] $Body,

        [switch] $Paginate
    )

    begin {
        . Use-CallerPreference
        # The same session for all piped paths, even if the pipeline connects another one.
        $session = Get-OktaSession
        $isPathPiped = -not $PSBoundParameters.ContainsKey('Path')
        $verb = $Method.ToUpperInvariant()
        $request = @{ method = $verb }
        if ($PSCmdlet.MyInvocation.BoundParameters.ContainsKey('Body')) {
            $request.body = ConvertTo-RequestBody -Cmdlet $PSCmdlet -Body $Body
        }
        if ($Paginate) { $request.paginate = $true }
    }

    process {
        $isObject = $isPathPiped -and $_ -isnot [string] -and $_ -isnot [uri]
        # An object in a path, "/api/v1/users/$user": a URL contains no braces (RFC 3986, section 2).
        if ($isObject -or $Path -cmatch '(?s)@\{[^{}=]+=.*\}') {
            $hint = 'Pipe strings: $users | ForEach-Object { "/api/v1/users/$($_.id)" } | Invoke-OktaApi'
            $PSCmdlet.WriteError((New-ObjectErrorRecord -ParameterName 'Path' -Hint $hint))
            return
        }
        if ($verb -notin 'GET', 'HEAD' -and -not $PSCmdlet.ShouldProcess((ConvertTo-EscapedText -Text $Path), $verb)) { return }
        $request.path = $Path
        # POST and PATCH are not idempotent (RFC 9110, section 9.2.2).
        $null = Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'api' -Parameters $request -Target "$verb $Path" -Session $session `
            -NoRetry:($verb -in 'POST', 'PATCH')
    }
}
