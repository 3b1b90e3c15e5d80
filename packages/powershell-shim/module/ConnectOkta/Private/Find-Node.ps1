function Find-Node {
    # Where Node.js is: where CONNECT_OKTA_NODE says, or on the PATH, on which nothing stands for the current folder. Or
    # nothing, where it is not. Looks by itself: to ask the engine for a command takes longer than Node.js to start.
    if ("$env:CONNECT_OKTA_NODE" -cne '') {
        if ([System.IO.File]::Exists($env:CONNECT_OKTA_NODE)) { return $env:CONNECT_OKTA_NODE }
        return
    }
    $separator = ':'
    $name = '/node'
    if ("$env:OS" -ceq 'Windows_NT') { $separator = ';'; $name = '\node.exe' }
    # Some are in quotes.
    foreach ($folder in "$separator$env:PATH$separator" -csplit "`"*$separator`"*") {
        if ($folder -cne '' -and [System.IO.File]::Exists("$folder$name")) { return "$folder$name" }
    }
}
