function New-OktaSession {
    # Makes a session: the parameters to open it in a Node process (see Get-SessionParameter), and the account that signed in (see
    # Set-SessionAccount). Every runspace of the process may read it, so only IsEnded changes once it is in use.
    param([string] $Id, [hashtable] $Parameters)

    $stored = $Parameters.Clone()
    foreach ($name in 'forceLogin', 'noBrowser') { $stored.Remove($name) }
    $secrets = @{}
    foreach ($name in $script:SecretParameters) {
        if (-not $stored.ContainsKey($name)) { continue }
        $secrets[$name] = ConvertTo-Secret -Text $stored[$name]
        $stored.Remove($name)
    }
    return [pscustomobject] @{
        Id = $Id
        Parameters = $stored
        Secrets = $secrets
        OrgUrl = $null
        Account = $null
        IsEnded = $false
    }
}
