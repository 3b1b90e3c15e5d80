function Find-Executable {
    # Returns the paths of a program in the folders of PATH. Ignores empty entries of PATH, which mean the current folder. Not Get-Command,
    # which takes longer than the start of Node.js.
    param([string] $Name)

    $separator = ':'
    $file = "/$Name"
    if ("$env:OS" -ceq 'Windows_NT') { $separator = ';'; $file = "\$Name.exe" }
    # Some entries are in quotes.
    foreach ($folder in "$separator$env:PATH$separator" -csplit "`"*$separator`"*") {
        if ($folder -cne '' -and [System.IO.File]::Exists("$folder$file")) { "$folder$file" }
    }
}
