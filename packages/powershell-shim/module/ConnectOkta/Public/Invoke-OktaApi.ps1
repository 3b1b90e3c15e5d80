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
        # One session for all that is piped, also if another one is connected meanwhile.
        $session = Get-OktaSession
        $isPathPiped = -not $PSBoundParameters.ContainsKey('Path')
        $verb = $Method.ToUpperInvariant()
        $request = @{ method = $verb }
        if ($PSCmdlet.MyInvocation.BoundParameters.ContainsKey('Body')) { $request.body = ConvertTo-RequestBody $PSCmdlet $Body }
    }

    process {
        $isObject = $isPathPiped -and $_ -isnot [string] -and $_ -isnot [uri]
        if ($isObject -or $Path -cmatch '@\{') {
            Write-ObjectError $PSCmdlet 'Path' 'Give text: $users | ForEach-Object { "/api/v1/users/$($_.id)" } | Invoke-OktaApi'
            return
        }
        $isReading = $verb -in 'GET', 'HEAD'
        if (-not $isReading -and -not $PSCmdlet.ShouldProcess((ConvertTo-EscapedText $Path $script:ControlCharacter), $verb)) { return }
        # What may be done twice without harm (RFC 9110, 9.2.2).
        $isRepeatable = $verb -notin 'POST', 'PATCH'
        $next = $Path
        for ($page = 1; $null -ne $next; $page++) {
            $request.path = $next
            $said = Invoke-Shim $PSCmdlet 'api' $request $next $isRepeatable $session
            if ($null -eq $said) { return }
            if ($null -ne $said.problem) {
                $PSCmdlet.WriteError((ConvertTo-ApiErrorRecord "$verb $next" $said))
                return
            }
            if ($said.hasContent) { $PSCmdlet.WriteObject($said.content, $true) }
            $next = $null
            if ($Paginate) { $next = $said.next }
            if ($null -ne $next) { Write-ShimProgress $PSCmdlet 'Invoke-OktaApi' "Page $($page + 1) of $Path" }
        }
    }
}
