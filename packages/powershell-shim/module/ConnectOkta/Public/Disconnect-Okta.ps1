function Disconnect-Okta {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param()

    begin {
        . Use-CallerPreference
    }

    end {
        $session = Get-OktaSession
        if ($null -eq $session) {
            $PSCmdlet.WriteVerbose('This PowerShell process is not connected.')
            return
        }
        $name = $session.Parameters.tenant
        if ($session.Parameters.ContainsKey('clientId')) { $name = "$($session.Parameters.clientId) at $name" }
        if (-not $PSCmdlet.ShouldProcess($name, 'Revoke the token and end the session')) { return }
        $result = Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'disconnect' -Session $session
        if ($null -eq $result) { return }
        Remove-OktaSession -Session $session
        $PSCmdlet.WriteVerbose("Disconnected from $name.")
    }
}
