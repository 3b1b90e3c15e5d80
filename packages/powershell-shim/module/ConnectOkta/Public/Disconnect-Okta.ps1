function Disconnect-Okta {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param(
        [switch] $NoRevoke
    )

    begin {
        . Use-CallerPreference
    }

    end {
        $session = Get-OktaSession
        if ($null -eq $session) {
            $PSCmdlet.WriteVerbose('This PowerShell process is not connected.')
            return
        }
        $name = ([uri] $session.OrgUrl).Authority
        if ($null -ne $session.ClientId) { $name = "$($session.ClientId) at $name" }
        $action = 'Revoke the token and end the session'
        # Only their owner can revoke them.
        if ($session.Secrets.ContainsKey('apiToken') -or $session.Secrets.ContainsKey('accessToken')) { $action = 'End the session' }
        # Its clients share tokens.
        if ($null -ne $session.Broker) { $action = 'End the session at the broker' }
        $parameters = @{}
        if ($NoRevoke) {
            $action = 'Delete the token on this machine and end the session'
            $parameters.noRevoke = $true
        }
        if (-not $PSCmdlet.ShouldProcess($name, $action)) { return }
        try {
            $result = Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'disconnect' -Parameters $parameters -Target $name -Session $session
            if ($null -eq $result) { return }
        }
        catch {
            # The profile of the session has changed, or does not exist any more.
            if (-not $session.Parameters.ContainsKey('profile') -or $_.FullyQualifiedErrorId -cnotlike 'OktaOptionsInvalid*') { throw }
            $PSCmdlet.WriteWarning("The token was not revoked, and is valid until it expires: $($_.Exception.Message)")
        }
        Remove-OktaSession -Session $session
        $PSCmdlet.WriteVerbose("Disconnected from $name.")
    }
}
