function New-ContextErrorRecord {
    # The error for Select-OktaContext if not exactly one connection matches.
    param([string] $Tenant, [int] $Count)

    $message = "This PowerShell process has not connected to $Tenant."
    $hint = 'Connect first: Connect-Okta -Tenant example.okta.com -ClientId 0oa1a2b3c4d5e6f7g8h9. Get-OktaContext -ListAvailable ' +
        'lists the connections.'
    if ($Count -gt 1) {
        $message = "This PowerShell process has $Count connections to $Tenant."
        $hint = 'Add -ClientId, -Account, -Broker or -Connection, or pipe a connection: Get-OktaContext -ListAvailable lists them.'
    }
    return New-OptionErrorRecord -Message $message -Hint $hint -ParameterName 'Tenant'
}
