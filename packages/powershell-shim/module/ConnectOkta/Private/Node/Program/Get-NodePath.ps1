function Get-NodePath {
    # Returns the path of Node.js: the value of CONNECT_OKTA_NODE, or the first one in the folders of PATH. Returns nothing if there is
    # none.
    # In quotes, as in a command.
    $path = "$env:CONNECT_OKTA_NODE".Trim() -creplace '^(["''])(.*)\1$', '$2'
    if ($path -ceq '') {
        foreach ($found in Find-Executable -Name 'node') { return $found }
        return
    }
    if ($path -cmatch '^~[\\/]') { $path = $HOME + $path.Substring(1) }
    if ([System.IO.File]::Exists($path)) { return $path }
}
