function ConvertTo-OktaContext {
    # What is connected, for people. No secret is in it. The one with an account is shown with it: see the views of the module.
    param($Said, [bool] $HasAccount = ($null -ne $Said.account))

    $expiresOn = $null
    if ($null -ne $Said.expiresAt) {
        $expiresOn = [System.DateTimeOffset]::FromUnixTimeMilliseconds($Said.expiresAt).ToLocalTime()
    }
    $context = [pscustomobject] @{
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
    if ($HasAccount) { $context.PSObject.TypeNames.Insert(0, 'ConnectOkta.UserContext') }
    return $context
}
