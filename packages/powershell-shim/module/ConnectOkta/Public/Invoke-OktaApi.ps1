function Invoke-OktaApi {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [Parameter(Position = 0)]
        [Alias('Uri')]
        [string] $Path,

        [Parameter(Position = 1)]
        [ArgumentCompleter({ 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE' -like "$($args[2])*" })]
        [string] $Method = 'GET',

        [Parameter(ValueFromPipeline = $true)]
        [object] $InputObject,

        [object] $Body,

        [System.Collections.IDictionary] $Query,

        [System.Collections.IDictionary] $Headers,

        [string] $ContentType,

        [string] $OutFile,

        [string] $StatusCodeVariable,

        [string] $ResponseHeadersVariable,

        [switch] $SkipHttpErrorCheck,

        [switch] $Paginate
    )

    begin {
        . Use-CallerPreference
        # The same session for all piped paths, even if the pipeline connects another one.
        $session = Get-OktaSession
        $request = New-ApiRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Method $Method
        $isPathPiped = '' -ceq $request.path
        $isSafe = $request.method -cin 'GET', 'HEAD' -and -not $request.ContainsKey('outFile')
        # Lines or bytes of one body.
        $parts = [System.Collections.Generic.List[object]]::new()
    }

    process {
        if ($isPathPiped) {
            if ($InputObject -isnot [string] -and $InputObject -isnot [uri]) {
                $hint = 'Pipe strings: $users | ForEach-Object { "/api/v1/users/$($_.id)" } | Invoke-OktaApi'
                Write-OktaError -Cmdlet $PSCmdlet -Record ((New-ObjectErrorRecord -ParameterName 'Path' -Hint $hint))
                return
            }
            $request.path = "$InputObject"
        }
        elseif ($PSCmdlet.MyInvocation.ExpectingInput) {
            # Get-Content returns a file line by line, and with -AsByteStream byte by byte.
            if ($InputObject -is [string] -or $InputObject -is [byte]) { $parts.Add($InputObject); return }
            Set-RequestBody -Cmdlet $PSCmdlet -Request $request -Body $InputObject
        }
        if ($isSafe -or $PSCmdlet.ShouldProcess((ConvertTo-EscapedText -Text $request.path), $request.method)) {
            Send-ApiRequest -Cmdlet $PSCmdlet -Session $session -Request $request -Bound $PSBoundParameters
        }
    }

    end {
        if ($parts.Count -eq 0) { return }
        $body = $parts.ToArray()
        if (-not (Test-ByteArray -Value $body)) { $body = $body -join "`n" }
        Set-RequestBody -Cmdlet $PSCmdlet -Request $request -Body $body
        if ($isSafe -or $PSCmdlet.ShouldProcess((ConvertTo-EscapedText -Text $request.path), $request.method)) {
            Send-ApiRequest -Cmdlet $PSCmdlet -Session $session -Request $request -Bound $PSBoundParameters
        }
    }
}
