function Open-OktaSession {
    # Connects, and makes this the session of the runspace and of the process. If that fails, the earlier session remains.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [hashtable] $Parameters,
        [bool] $PassThru
    )

    $id = "$([guid]::NewGuid())"
    $Parameters['session'] = $id
    $context = Invoke-NodeMethod -Cmdlet $Cmdlet -Method 'connect' -Parameters $Parameters -Target $Parameters['tenant']
    if ($null -eq $context) { return }
    $session = New-OktaSession -Id $id -Parameters $Parameters
    if ($session.Secrets.Count -eq 0) { Set-SessionAccount -Cmdlet $Cmdlet -Session $session -Context $context }
    Set-OktaSession -Session $session

    $Cmdlet.WriteVerbose('Okta access token successfully retrieved.')
    Write-OktaConnection -Cmdlet $Cmdlet -Context $context -PassThru $PassThru
}
