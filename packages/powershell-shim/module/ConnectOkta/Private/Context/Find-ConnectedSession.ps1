function Find-ConnectedSession {
    # Returns the sessions of this process that match. An empty parameter matches every session.
    param([string] $Tenant, [string] $ClientId, [string] $Account, [string] $Broker, [string] $Connection)

    Get-ConnectedSession | Where-Object {
        (Test-SameServer -Url $_.OrgUrl -Name $Tenant) -and
        ('' -ceq $ClientId -or $_.ClientId -ceq $ClientId) -and ('' -ceq $Account -or $_.Account -eq $Account) -and
        ('' -ceq $Broker -or (Test-SameServer -Url $_.Broker -Name $Broker)) -and
        ('' -ceq $Connection -or $_.Connection -ceq $Connection)
    }
}
