function ConvertTo-OktaContext {
    # Makes the output of Get-OktaContext. It contains no secrets. Only a context that this process has connected has a session.
    param([psobject] $Context, [psobject] $Session, [string] $Status)

    $expiresOn = $null
    if ($null -ne $Context.expiresAt) {
        $expiresOn = [System.DateTimeOffset]::FromUnixTimeMilliseconds($Context.expiresAt).ToLocalTime()
    }
    $id = $null
    if ($null -ne $Session) { $id = $Session.Id }
    $broker = $null
    if ($null -ne $Context.broker) { $broker = [uri] $Context.broker }
    return New-TypedObject -TypeName 'ConnectOkta.Context' -Properties ([ordered] @{
        Status = $Status
        Tenant = ([uri] $Context.orgUrl).Authority
        ClientId = $Context.clientId
        Account = $Context.account
        AccountName = $Context.accountName
        Grant = $Context.grant
        Scopes = [string[]] $Context.scopes
        ExpiresOn = $expiresOn
        TokenType = $Context.tokenType
        AuthorizationServer = $Context.authorizationServer
        Broker = $broker
        Connection = $Context.connection
        OrgUrl = [uri] $Context.orgUrl
        IsCurrent = $Status -ceq 'Current'
        Id = $id
    })
}
