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
        # All with the same view, because a table shows one view only.
        $hasAccount = @($contexts | Where-Object { $null -ne $_.account }).Count -gt 0
        foreach ($context in $contexts) { ConvertTo-OktaContext -Context $context -HasAccount $hasAccount }
    }
}
