function Stop-WithoutNode {
    param($Cmdlet, [string] $Message, $Path)

    Stop-WithError $Cmdlet 'OktaNodeMissing' $Message ('Install Node.js 20.19 or later from https://nodejs.org, or name it ' +
        'with the environment variable CONNECT_OKTA_NODE.') 'NotInstalled' $Path
}
