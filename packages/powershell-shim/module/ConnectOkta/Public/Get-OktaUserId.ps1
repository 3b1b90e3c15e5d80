function Get-OktaUserId {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('UserPrincipalName', 'UPN', 'UserName', 'Email')]
        [string] $Login
    )

    begin {
        . Use-CallerPreference
        $session = Get-OktaSession
    }

    process {
        Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'userId' -Parameters @{ login = $Login } -Target $Login -Session $session
    }
}
