function Find-Node {
    # The path of Node.js, or an error that says what to install. Looks by itself: to ask the engine for a command takes
    # longer than Node.js to start.
    param($Cmdlet)

    $named = $env:CONNECT_OKTA_NODE
    if ($named) {
        if ([System.IO.File]::Exists($named)) { return $named }
        $message = "Node.js is not there: CONNECT_OKTA_NODE names $named."
    }
    else {
        $name = 'node'
        if ([System.IO.Path]::DirectorySeparatorChar -eq '\') { $name = 'node.exe' }
        foreach ($folder in "$env:PATH" -split [System.IO.Path]::PathSeparator) {
            # Not Combine, which does not take every text in Windows PowerShell. Nothing stands for the current folder.
            $path = $folder.Trim('"') + [System.IO.Path]::DirectorySeparatorChar + $name
            if ($folder -and [System.IO.File]::Exists($path)) { return $path }
        }
        $message = 'Node.js is not there: "node" is not on the PATH.'
    }
    Stop-WithError $Cmdlet 'OktaNodeMissing' $message ('Install Node.js 20.19 or later from https://nodejs.org, or name it ' +
        'with the environment variable CONNECT_OKTA_NODE.') 'NotInstalled' $named
}
