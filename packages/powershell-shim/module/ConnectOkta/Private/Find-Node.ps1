function Find-Node {
    # The path of Node.js, or an error that says what to install.
    param($Cmdlet)

    $named = [System.Environment]::GetEnvironmentVariable('CONNECT_OKTA_NODE')
    $name = 'node'
    if (-not [string]::IsNullOrEmpty($named)) { $name = $named }
    $found = @($ExecutionContext.InvokeCommand.GetCommand($name, [System.Management.Automation.CommandTypes]::Application))
    if ($null -ne $found[0]) { return $found[0].Path }

    $message = 'Node.js is not there: "node" is not on the PATH.'
    if ($name -ne 'node') { $message = "Node.js is not there: CONNECT_OKTA_NODE names $name." }
    Stop-WithError $Cmdlet 'OktaNodeMissing' $message ('Install Node.js 20.19 or later from https://nodejs.org, or name it ' +
        'with the environment variable CONNECT_OKTA_NODE.') 'NotInstalled' $name
}
