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
        foreach ($said in @(Invoke-Shim $PSCmdlet $method)) {
            if ($null -ne $said) { ConvertTo-OktaContext $said }
        }
    }
}
