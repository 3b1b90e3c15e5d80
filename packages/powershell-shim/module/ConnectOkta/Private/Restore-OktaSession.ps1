function Restore-OktaSession {
    # Makes the last sign-in of the user the session of this process.
    param($Cmdlet, [string] $ContextScope, $PassThru)

    if ($ContextScope -ne 'CurrentUser') {
        Stop-WithError $Cmdlet 'OktaOptionsInvalid' '-ContextScope Process needs a connection.' ('Leave it out, since it is the ' +
            'default: Connect-Okta -Tenant example.okta.com -ClientId 0oa1a2b3c4d5e6f7g8h9') 'InvalidArgument' 'ContextScope'
    }
    $id = "$([guid]::NewGuid())"
    $answer = Get-ShimAnswer $Cmdlet 'adopt' @{ session = $id }
    if ($null -eq $answer) { return }
    $said = ConvertFrom-ShimLine $answer
    $session = New-OktaSession $id @{ tenant = $said.orgUrl; clientId = $said.clientId; recordKey = $said.recordKey } ''
    Set-SessionAccount $Cmdlet $session $answer
    Set-OktaSession $session
    Write-OktaConnection $Cmdlet $answer $PassThru
}
