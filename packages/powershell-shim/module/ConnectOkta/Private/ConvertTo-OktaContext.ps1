function ConvertTo-OktaContext {
    # What is connected, for people. No secret is in it.
    param($Said)

    $expiresOn = $null
    if ($null -ne $Said.expiresAt) {
        $expiresOn = [System.DateTimeOffset]::FromUnixTimeMilliseconds($Said.expiresAt).ToLocalTime()
    }
    return [pscustomobject] @{
        PSTypeName = 'ConnectOkta.Context'
        Tenant = ([uri] $Said.orgUrl).Authority
        ClientId = $Said.clientId
        Account = $Said.account
        Grant = $Said.grant
        Scopes = [string[]] $Said.scopes
        ExpiresOn = $expiresOn
        TokenType = $Said.tokenType
        AuthorizationServer = $Said.authorizationServer
        OrgUrl = [uri] $Said.orgUrl
        IsCurrent = $Said.isCurrent
    }
}
