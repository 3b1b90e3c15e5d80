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
        # The same session for all piped paths, even if the pipeline connects another one meanwhile.
        $session = Get-OktaSession
        $isPathPiped = -not $PSBoundParameters.ContainsKey('Path')
        $verb = $Method.ToUpperInvariant()
        $request = @{ method = $verb }
        if ($PSCmdlet.MyInvocation.BoundParameters.ContainsKey('Body')) {
            $request.body = ConvertTo-RequestBody -Cmdlet $PSCmdlet -Body $Body
        }
    }

    process {
        $isObject = $isPathPiped -and $_ -isnot [string] -and $_ -isnot [uri]
        # An object in a path, "/api/v1/users/$user": a URL contains no braces (RFC 3986, section 2).
        if ($isObject -or $Path -cmatch '(?s)@\{[^{}=]+=.*\}') {
            $hint = 'Give text: $users | ForEach-Object { "/api/v1/users/$($_.id)" } | Invoke-OktaApi'
            $PSCmdlet.WriteError((New-ObjectErrorRecord -ParameterName 'Path' -Hint $hint))
            return
        }
        $isReading = $verb -in 'GET', 'HEAD'
        if (-not $isReading -and -not $PSCmdlet.ShouldProcess((ConvertTo-EscapedText -Text $Path), $verb)) { return }
        # Not idempotent (RFC 9110, section 9.2.2).
        $noRetry = $verb -in 'POST', 'PATCH'
        $next = $Path
        for ($page = 1; $null -ne $next; $page++) {
            $request.path = $next
            $response = Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'api' -Parameters $request -Target $next -Session $session `
                -NoRetry:$noRetry
            if ($null -eq $response) { return }
            if ($null -ne $response.problem) {
                $PSCmdlet.WriteError((ConvertTo-ApiErrorRecord -Request "$verb $next" -Response $response))
                return
            }
            if ($response.hasContent) { $PSCmdlet.WriteObject($response.content, $true) }
            $next = $null
            if ($Paginate) { $next = $response.next }
            if ($null -ne $next) {
                Write-OktaProgress -Cmdlet $PSCmdlet -Activity 'Invoke-OktaApi' -Status "Page $($page + 1) of $Path"
            }
        }
    }
}
