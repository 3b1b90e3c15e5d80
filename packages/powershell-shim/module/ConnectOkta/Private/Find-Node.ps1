function Find-Node {
    # The path of Node.js, or an error that says what to install. Looks by itself: to ask the engine for a command takes
    # longer than Node.js to start. Nothing on the PATH stands for the current folder.
    param($Cmdlet)

    $named = $env:CONNECT_OKTA_NODE
    if ($named) {
        if ([System.IO.File]::Exists($named)) { return $named }
        Stop-WithoutNode $Cmdlet "Node.js is not there: CONNECT_OKTA_NODE names $named." $named
    }
    foreach ($folder in $env:PATH -creplace '"' -csplit $script:PathSeparator) {
        $path = "$folder$script:NodeName"
        if ($folder -and [System.IO.File]::Exists($path)) { return $path }
    }
    Stop-WithoutNode $Cmdlet 'Node.js is not there: "node" is not on the PATH.'
}
