function Get-OktaContext {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType('ConnectOkta.Context')]
    param(
        [switch] $ListAvailable
    )

    begin {
        . Use-CallerPreference
    }

    end {
        $method = 'context'
        if ($ListAvailable) { $method = 'logins' }
        $contexts = @(Invoke-NodeMethod -Cmdlet $PSCmdlet -Method $method)
        # A table has one view for all contexts.
        $hasAccount = @($contexts | Where-Object { $null -ne $_.account }).Count -gt 0
        foreach ($context in $contexts) { ConvertTo-OktaContext -Context $context -HasAccount $hasAccount }
    }
}
