function Stop-WithoutNode {
    # Says that Node.js is missing, or why it does not start, and what to install.
    param($Cmdlet, $Cause)

    $named = $env:CONNECT_OKTA_NODE
    if ($Cause) { $message = "Node.js cannot be started: $Cause" }
    elseif ($named) { $message = "Node.js is not there: CONNECT_OKTA_NODE names $named." }
    else { $message = 'Node.js is not there: "node" is not on the PATH.' }
    Stop-WithError $Cmdlet 'OktaNodeMissing' $message ('Install Node.js 20.19 or later from https://nodejs.org, or name it ' +
        'with the environment variable CONNECT_OKTA_NODE.') 'NotInstalled' $script:Node
}
