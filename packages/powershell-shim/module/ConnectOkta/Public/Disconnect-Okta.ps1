function Disconnect-Okta {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    param()

    begin {
        . Use-CallerPreference
    }

    end {
        if (-not $PSCmdlet.ShouldProcess('the current login', 'Revoke at Okta, and forget')) { return }
        $said = Invoke-Shim $PSCmdlet 'disconnect'
        if ($null -eq $said) { return }
        $script:Session = $null
        if ($null -eq $said.orgUrl) { $PSCmdlet.WriteVerbose('Nobody was connected.') }
        else { $PSCmdlet.WriteVerbose("Disconnected from $(([uri] $said.orgUrl).Authority).") }
    }
}
