function Get-ProgramPath {
    # Returns the path of the program connect-okta: in the folder bin of the module, or the first one in the folders of PATH that has the
    # version of the module. The command that npm installs requires Node.js, and prints another line. Returns nothing if there is none.
    # All runspaces use the same one.
    $known = (Get-SessionRegistry).Program
    if ([System.IO.File]::Exists($known.Path)) { return $known.Path }
    $extension = ''
    if ("$env:OS" -ceq 'Windows_NT') { $extension = '.exe' }
    $program = "$PSScriptRoot/bin/connect-okta$extension"
    $programs = @($program | Where-Object { [System.IO.File]::Exists($_) })
    if ($programs.Count -eq 0) {
        $programs = @(Find-Executable -Name 'connect-okta' | Where-Object { (Get-ProgramVersion -Path $_) -ceq (Get-ModuleVersion) })
    }
    if ($programs.Count -eq 0) { return }
    $known.Path = $programs[0]
    return $known.Path
}
