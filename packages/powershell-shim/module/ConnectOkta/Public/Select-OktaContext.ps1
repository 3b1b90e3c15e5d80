function Select-OktaContext {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(DefaultParameterSetName = 'Name', PositionalBinding = $false)]
    [OutputType('ConnectOkta.Context')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Name')]
        [Alias('Organization', 'OktaOrganization', 'OktaDomain')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-ConnectedTenantCompletion -Word $args[0] } $args[2] })]
        [string] $Tenant,

        [Parameter(ParameterSetName = 'Name')]
        [string] $ClientId,

        [Parameter(ParameterSetName = 'Name')]
        [string] $Account,

        [Parameter(ParameterSetName = 'Name')]
        [string] $Broker,

        [Parameter(ParameterSetName = 'Name')]
        [string] $Connection,

        [Parameter(Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Context')]
        [ValidateNotNull()]
        [object] $Context,

        [switch] $PassThru
    )

    begin {
        . Use-CallerPreference
    }

    process {
        if ($PSCmdlet.ParameterSetName -ceq 'Context') {
            if ($Context.PSObject.TypeNames -cnotcontains 'ConnectOkta.Context') {
                Write-OktaError -Cmdlet $PSCmdlet -Record ((New-OptionErrorRecord -Message '-Context is not an output of Get-OktaContext.' `
                            -Hint 'Run Get-OktaContext -ListAvailable | Where-Object Tenant -eq example.okta.com | Select-OktaContext' `
                            -ParameterName 'Context'))
                return
            }
            $found = @(Get-ConnectedSession | Where-Object Id -CEQ $Context.Id)
            $name = $Context.Tenant
        }
        else {
            $name = $Tenant
            $found = @(Find-ConnectedSession -Tenant $Tenant -ClientId $ClientId -Account $Account -Broker $Broker -Connection $Connection)
        }
        if ($found.Count -ne 1) {
            Write-OktaError -Cmdlet $PSCmdlet -Record ((New-ContextErrorRecord -Tenant $name -Count $found.Count))
            return
        }
        Set-OktaSession -Session $found[0]
        $PSCmdlet.WriteVerbose("The cmdlets use $($found[0].ClientId) at $($found[0].OrgUrl).")
        if ($PassThru) { Get-ConnectedContext -Cmdlet $PSCmdlet -Session $found[0] }
    }
}
