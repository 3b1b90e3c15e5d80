function Get-ProgramPath {
    # Returns the path of the program connect-okta: in the folder bin of the module, or the first one in the folders of PATH that has the
    # version of the module. The command that npm installs requires Node.js, and prints another line. Returns nothing if there is none.
    # All runspaces use the same one.
    $known = (Get-SessionRegistry).Program
    if ([System.IO.File]::Exists($known.Path)) { return $known.Path }
    $extension = ''
    if ("$env:OS" -ceq 'Windows_NT') { $extension = '.exe' }
    $program = "$PSScriptRoot/bin/connect-okta$extension"
    if (-not [System.IO.File]::Exists($program)) {
        $program = @(Find-Executable -Name 'connect-okta' | Where-Object { (Get-ProgramVersion -Path $_) -ceq $script:ModuleVersion })[0]
    }
    $known.Path = $program
    return $program
}
