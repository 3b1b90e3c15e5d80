function Stop-WithKeyForClientId {
    param($Cmdlet, $BoundParameters)

    $null = $BoundParameters.Remove('ClientId')
    Stop-WithError $Cmdlet 'OktaOptionsInvalid' 'A key is in the place of the client id.' ('Name the client id too: ' +
        'Get-Content key.pem | Connect-Okta -Tenant example.okta.com -ClientId 0oa1a2b3c4d5e6f7g8h9') 'InvalidArgument' 'ClientId'
}
