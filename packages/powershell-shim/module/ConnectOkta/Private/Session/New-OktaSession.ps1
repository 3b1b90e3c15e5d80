function New-OktaSession {
    # Makes a session: the parameters to open it in a Node process (see Get-SessionParameter), and what it is connected to. Every
    # runspace of the process may read it. Only its state changes, which is shared: see Set-OktaSession.
    param([string] $Id, [hashtable] $Parameters, [psobject] $Context, [psobject] $Signer)

    $stored = $Parameters.Clone()
    foreach ($name in 'forceLogin', 'noBrowser', 'noUserReason', 'session') { $stored.Remove($name) }
    $secrets = @{}
    foreach ($name in $script:SecretParameters) {
        if (-not $stored.ContainsKey($name)) { continue }
        $secrets[$name] = ConvertTo-Secret -Text $stored[$name]
        $stored.Remove($name)
    }
    $names = 'orgUrl', 'clientId', 'subject', 'grant', 'authorizationServer', 'broker', 'connection'
    $key = @(foreach ($name in $names) { $Context.$name }) -join ' '
    # Without an app and an account, a digest of the token.
    if ($null -eq $Context.clientId -and $null -eq $Context.subject) { $key += " $(Get-SecretDigest -Secrets $secrets)" }
    # A session never uses another account, and a profile that changes never another org or app.
    # The connection of a broker can change its org. The session stays with the first one, in every runspace.
    if ($null -ne $Context.broker) { $stored['tenant'] = $Context.orgUrl }
    foreach ($name in 'subject', 'expected') { if ($null -ne $Context.$name) { $stored[$name] = $Context.$name } }
    return [pscustomobject] @{
        Id = $Id
        Parameters = $stored
        Secrets = $secrets
        # The key of -Certificate or -SigningKey: see Get-Signature.
        Signer = $Signer
        OrgUrl = $Context.orgUrl
        ClientId = $Context.clientId
        Account = $Context.account
        Broker = $Context.broker
        Connection = $Context.connection
        # The same for two sessions of one app and one account.
        Key = $key
        ConnectedAt = [datetime]::UtcNow
        State = [pscustomobject] @{ IsEnded = $false }
    }
}
