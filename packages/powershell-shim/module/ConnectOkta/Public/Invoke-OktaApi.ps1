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
        $request = New-ApiRequest -Cmdlet $PSCmdlet -Path $Path -Method $Method
        $lines = @()
    }

    process {
        if (-not $PSCmdlet.MyInvocation.ExpectingInput) { Send-ApiRequest -Cmdlet $PSCmdlet -Session $session -Request $request; return }
        if ('' -ceq $request.path) {
            if ($InputObject -is [string] -or $InputObject -is [uri]) {
                $request.path = "$InputObject"
                Send-ApiRequest -Cmdlet $PSCmdlet -Session $session -Request $request
                $request.path = ''
            }
            else {
                $hint = 'Pipe strings: $users | ForEach-Object { "/api/v1/users/$($_.id)" } | Invoke-OktaApi'
                $PSCmdlet.WriteError((New-ObjectErrorRecord -ParameterName 'Path' -Hint $hint))
            }
            return
        }
        # Get-Content returns a file line by line.
        if ($InputObject -is [string]) { $lines += $InputObject; return }
        $request.body = ConvertTo-RequestBody -Cmdlet $PSCmdlet -Body $InputObject
        Send-ApiRequest -Cmdlet $PSCmdlet -Session $session -Request $request
    }

    end {
        if ($lines.Count -eq 0) { return }
        $request.body = ConvertTo-RequestBody -Cmdlet $PSCmdlet -Body $lines
        Send-ApiRequest -Cmdlet $PSCmdlet -Session $session -Request $request
    }
}
