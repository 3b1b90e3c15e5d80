function Get-NodePath {
    # Returns the path of Node.js: the value of CONNECT_OKTA_NODE, or the first one in the folders of PATH. Returns nothing if there is
    # none. Ignores empty entries of PATH, which mean the current folder. Not Get-Command, which takes longer than the start of Node.js.
    # In quotes, as in a command.
    $path = "$env:CONNECT_OKTA_NODE".Trim() -creplace '^(["''])(.*)\1$', '$2'
    if ($path -cne '') {
        if ($path -cmatch '^~[\\/]') { $path = $HOME + $path.Substring(1) }
        if ([System.IO.File]::Exists($path)) { return $path }
        return
    }
    $separator = ':'
    $name = '/node'
    if ("$env:OS" -ceq 'Windows_NT') { $separator = ';'; $name = '\node.exe' }
    # Some entries are in quotes.
    foreach ($folder in "$separator$env:PATH$separator" -csplit "`"*$separator`"*") {
        if ($folder -cne '' -and [System.IO.File]::Exists("$folder$name")) { return "$folder$name" }
    }
}
