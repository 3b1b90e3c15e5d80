function New-OktaSession {
    # What a shim has to know to continue a session: see Get-SessionParameters. Read by every runspace of the process, so
    # only IsEnded changes once it is in use.
    param([string] $Id, [hashtable] $Parameters, [string] $SecretName)

    $known = $Parameters.Clone()
    foreach ($name in 'forceLogin', 'noBrowser', $SecretName) { $known.Remove($name) }
    return [hashtable]::Synchronized(@{
            Id = $Id
            Parameters = $known
            SecretName = $SecretName
            Secret = ConvertTo-Secret $Parameters[$SecretName]
            Account = $null
            IsEnded = $false
        })
}
