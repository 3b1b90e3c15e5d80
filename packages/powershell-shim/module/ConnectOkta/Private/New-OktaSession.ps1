function New-OktaSession {
    # What a shim has to know to continue a session: see Get-SessionParameters. Every runspace of the process may read it, so
    # only IsEnded changes once it is in use.
    param($Id, $Parameters, $SecretName)

    $known = $Parameters.Clone()
    foreach ($name in 'forceLogin', 'noBrowser', $SecretName) { $known.Remove($name) }
    $secret = ConvertTo-Secret $Parameters[$SecretName]
    # See Set-SessionAccount.
    $account = @{ OrgUrl = $null; Account = $null }
    return @{ Id = $Id; Parameters = $known; SecretName = $SecretName; Secret = $secret; IsEnded = $false } + $account
}
