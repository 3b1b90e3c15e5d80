function Get-NodeInstallHint {
    # Returns how to install Node.js on this system.
    $how = 'Install Node.js 20.19 or later, with the package manager of your system or from https://nodejs.org'
    if ("$env:OS" -ceq 'Windows_NT') { $how = 'Install Node.js 20.19 or later: winget install OpenJS.NodeJS.LTS, then open a new PowerShell' }
    elseif ([System.IO.File]::Exists('/usr/bin/sw_vers')) { $how = 'Install Node.js 20.19 or later: brew install node' }
    return "$how. Or download the program connect-okta $(Get-ModuleVersion), which contains Node.js, to a folder on the PATH: " +
    "https://github.com/connect-okta/connect-okta/releases. Or set the environment variable CONNECT_OKTA_NODE to the path of Node.js."
}
