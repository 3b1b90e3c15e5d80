function Get-ShimCommand {
    # Returns how to start the Node process: with Node.js, else with the program connect-okta, which contains Node.js. Returns nothing if
    # there is neither.
    $node = Get-NodePath
    if ($null -ne $node -and $node -cne $script:OldNode) {
        return [pscustomobject] @{ Path = $node; Arguments = "`"$PSScriptRoot/shim/shim.cjs`"" }
    }
    # The path that the user has set is not replaced.
    if ("$env:CONNECT_OKTA_NODE".Trim() -cne '') { return }
    $program = Get-ProgramPath
    if ($null -ne $program) { return [pscustomobject] @{ Path = $program; Arguments = 'powershell-shim' } }
}
