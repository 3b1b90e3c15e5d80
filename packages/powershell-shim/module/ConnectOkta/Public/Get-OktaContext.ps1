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
        $contexts = @(Invoke-Shim $PSCmdlet $method)
        # One view for all of them, so that they make one table.
        $hasAccount = @($contexts | Where-Object { $null -ne $_.account }).Count -gt 0
        foreach ($said in $contexts) { ConvertTo-OktaContext $said $hasAccount }
    }
}
