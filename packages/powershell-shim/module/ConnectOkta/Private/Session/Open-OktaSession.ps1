function Open-OktaSession {
    # Connects, and makes this the session of the runspace and of the process. If that fails, the earlier session remains.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [hashtable] $Parameters = @{},
        # The key that signs, if it is not in the parameters: see Get-Signer.
        [psobject] $Signer,
        [bool] $PassThru,
        [string] $Method = 'connect'
    )

    $id = "$([guid]::NewGuid())"
    $Parameters['session'] = $id
    if ($null -ne $Signer) { $Parameters['signer'] = $Signer.Parameters }
    $target = "$($Parameters['tenant'])$($Parameters['profile'])$($Parameters['broker'])"
    # A secret in the place of a name is not in the error.
    if ($target -cnotmatch '^[\w.:/-]{1,100}$') { $target = $null }
    $context = Invoke-NodeMethod -Cmdlet $Cmdlet -Method $Method -Parameters $Parameters -Target $target -Signer $Signer
    if ($null -eq $context) { return }
    if ($Method -ceq 'adopt') { $Parameters = @{ recordKey = $context.recordKey } }
    $session = New-OktaSession -Id $id -Parameters $Parameters -Context $context -Signer $Signer
    if ($null -ne $session.Account) { Write-AccountWarning -Cmdlet $Cmdlet -Session $session }
    Set-OktaSession -Session $session

    $Cmdlet.WriteVerbose('Okta access token successfully retrieved.')
    Write-OktaConnection -Cmdlet $Cmdlet -Session $session -Context $context -PassThru $PassThru
}
