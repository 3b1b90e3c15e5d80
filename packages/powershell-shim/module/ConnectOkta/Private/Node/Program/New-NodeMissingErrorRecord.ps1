function New-NodeMissingErrorRecord {
    # The error for a Node.js that is not found or cannot be started.
    param([string] $NodePath, [string] $Cause)

    if ($Cause) { $message = "$NodePath cannot be started: $Cause" }
    elseif ($env:CONNECT_OKTA_NODE) { $message = "Node.js was not found: CONNECT_OKTA_NODE is $env:CONNECT_OKTA_NODE." }
    else { $message = 'Node.js was not found: neither "node" nor the program "connect-okta" of the version of this module is on the PATH.' }
    return New-OktaErrorRecord -Id 'OktaNodeMissing' -Message $message -Hint (Get-NodeInstallHint) -Category 'NotInstalled' -Target $NodePath
}
