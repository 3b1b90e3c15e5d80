function Open-OktaSession {
    # Connects with the parameters of Connect-Okta, and makes this the session of the runspace and of the process. If that fails, the
    # earlier session remains.
    param(
        [System.Management.Automation.PSCmdlet] $Cmdlet,
        [System.Collections.IDictionary] $Bound,
        [string[]] $Scopes,
        # The key if it is not piped.
        [object] $KeyText,
        # The key that signs, if it is not in the parameters: see Get-Signer.
        [psobject] $Signer
    )

    $method = 'connect'
    # The last sign-in of the user.
    if ($Cmdlet.ParameterSetName -ceq 'ContextScope') { $method = 'adopt' }
    $parameters = Get-ConnectParameter -Cmdlet $Cmdlet -Bound $Bound -Scopes $Scopes -KeyText $KeyText
    $id = "$([guid]::NewGuid())"
    $parameters['session'] = $id
    if ($null -ne $Signer) { $parameters['signer'] = $Signer.Parameters }
    $target = "$($parameters['tenant'])$($parameters['profile'])$($parameters['broker'])"
    # A secret in the place of a name is not in the error.
    if ($target -cnotmatch '^[\w.:/-]{1,100}$') { $target = $null }
    $context = Invoke-NodeMethod -Cmdlet $Cmdlet -Method $method -Parameters $parameters -Target $target -Signer $Signer
    if ($null -eq $context) { return }
    if ($method -ceq 'adopt') { $parameters = @{ recordKey = $context.recordKey } }
    $session = New-OktaSession -Id $id -Parameters $parameters -Context $context -Signer $Signer
    if ($null -ne $session.Account) { Write-AccountWarning -Cmdlet $Cmdlet -Session $session }
    Set-OktaSession -Session $session

    $account = ''
    if ($null -ne $context.account) { $account = " as $($context.account)" }
    $by = $context.grant
    if ($null -ne $context.broker) { $by = "the broker $($context.broker)" }
    $Cmdlet.WriteVerbose('Okta access token successfully retrieved.')
    $Cmdlet.WriteVerbose("Connected to $($context.orgUrl)$account by $by, with $($context.scopes -join ' ').")
    if ($Bound.ContainsKey('PassThru') -and $Bound.PassThru) {
        $Cmdlet.WriteObject((ConvertTo-OktaContext -Context $context -Session $session -Status 'Current'))
    }
}
