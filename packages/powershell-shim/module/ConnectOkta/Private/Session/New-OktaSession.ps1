function New-OktaSession {
    # Makes a session: the parameters to open it in a Node process (see Get-SessionParameter), and the account that signed in (see
    # Set-SessionAccount). Every runspace of the process may read it, so only IsEnded changes once it is in use.
    param([string] $Id, [hashtable] $Parameters, [string] $SecretName)

    $stored = $Parameters.Clone()
    foreach ($name in 'forceLogin', 'noBrowser', $SecretName) { $stored.Remove($name) }
    return [pscustomobject] @{
        Id = $Id
        Parameters = $stored
        SecretName = $SecretName
        Secret = ConvertTo-Secret -Text $Parameters[$SecretName]
        OrgUrl = $null
        Account = $null
        IsEnded = $false
    }
}
