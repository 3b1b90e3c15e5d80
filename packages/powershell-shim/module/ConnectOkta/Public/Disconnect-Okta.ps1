function Disconnect-Okta {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param()

    begin {
        . Use-CallerPreference
    }

    end {
        # Who is asked, or shown what would be, sees which one.
        $login = 'the current login'
        if ($null -ne $script:Session) {
            $known = $script:Session.Parameters
            $login = $known.tenant
            if ($known.ContainsKey('clientId')) { $login = "$($known.clientId) at $login" }
        }
        if (-not $PSCmdlet.ShouldProcess($login, 'Revoke at Okta, and forget')) { return }
        $said = Invoke-Shim $PSCmdlet 'disconnect'
        if ($null -eq $said) { return }
        $script:Session = $null
        if ($null -eq $said.orgUrl) { $PSCmdlet.WriteVerbose('Nobody was connected.') }
        else { $PSCmdlet.WriteVerbose("Disconnected from $(([uri] $said.orgUrl).Authority).") }
    }
}
