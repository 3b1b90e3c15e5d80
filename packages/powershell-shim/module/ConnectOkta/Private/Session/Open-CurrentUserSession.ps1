function Open-CurrentUserSession {
    # Makes the last sign-in of the user, in any program, the session of the runspace and of the process.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [bool] $PassThru)

    $id = "$([guid]::NewGuid())"
    $context = Invoke-NodeMethod -Cmdlet $Cmdlet -Method 'adopt' -Parameters @{ session = $id }
    if ($null -eq $context) { return }
    $parameters = @{ tenant = $context.orgUrl; clientId = $context.clientId; recordKey = $context.recordKey }
    $session = New-OktaSession -Id $id -Parameters $parameters
    Set-SessionAccount -Cmdlet $Cmdlet -Session $session -Context $context
    Set-OktaSession -Session $session
    Write-OktaConnection -Cmdlet $Cmdlet -Context $context -PassThru $PassThru
}
