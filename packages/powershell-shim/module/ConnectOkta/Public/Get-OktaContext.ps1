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
        $conflict = Get-CommandConflictText
        if ($conflict) { $PSCmdlet.WriteWarning($conflict) }
        if (-not $ListAvailable) {
            $session = Get-OktaSession
            if ($null -ne $session) { Get-ConnectedContext -Cmdlet $PSCmdlet -Session $session }
            return
        }
        # An error for the list is not repeated for each context.
        try { $logins = Get-NodeResult -Method 'logins' }
        catch { $PSCmdlet.WriteError($_); return }
        $connected = @(foreach ($session in Get-ConnectedSession) {
                # A profile may have changed.
                try { Get-ConnectedContext -Cmdlet $PSCmdlet -Session $session } catch { $PSCmdlet.WriteError($_) }
            })
        foreach ($context in $connected) { $context }
        foreach ($login in $logins) {
            $saved = ConvertTo-OktaContext -Context $login -Status 'Saved'
            $same = $connected | Where-Object {
                $_.OrgUrl -eq $saved.OrgUrl -and $_.ClientId -ceq $saved.ClientId -and $_.Account -ceq $saved.Account -and
                $_.Grant -ceq $saved.Grant -and $_.AuthorizationServer -ceq $saved.AuthorizationServer -and
                $_.Broker -eq $saved.Broker -and $_.Connection -ceq $saved.Connection
            }
            if ($null -eq $same) { $saved }
        }
    }
}
