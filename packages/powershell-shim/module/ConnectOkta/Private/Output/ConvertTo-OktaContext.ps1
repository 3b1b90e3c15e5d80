function ConvertTo-OktaContext {
    # Makes the output of Get-OktaContext. It contains no secrets. Its type selects the view: see ConnectOkta.Format.ps1xml.
    param([psobject] $Context, [bool] $HasAccount = ($null -ne $Context.account))

    $expiresOn = $null
    if ($null -ne $Context.expiresAt) {
        $expiresOn = [System.DateTimeOffset]::FromUnixTimeMilliseconds($Context.expiresAt).ToLocalTime()
    }
    $output = [pscustomobject] @{
        PSTypeName = 'ConnectOkta.Context'
        Tenant = ([uri] $Context.orgUrl).Authority
        ClientId = $Context.clientId
        Account = $Context.account
        Grant = $Context.grant
        Scopes = [string[]] $Context.scopes
        ExpiresOn = $expiresOn
        TokenType = $Context.tokenType
        AuthorizationServer = $Context.authorizationServer
        OrgUrl = [uri] $Context.orgUrl
        IsCurrent = $Context.isCurrent
    }
    if ($HasAccount) { $output.PSObject.TypeNames.Insert(0, 'ConnectOkta.UserContext') }
    return $output
}
