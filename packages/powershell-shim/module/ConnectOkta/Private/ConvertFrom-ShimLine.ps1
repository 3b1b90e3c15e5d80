function ConvertFrom-ShimLine {
    # What a message of the shim holds, a list in one piece. It is in PowerShell's own serialization, which every engine reads
    # by itself, written such that JSON leaves it as it is. Only for who needs it: to read the first takes a while.
    param($Line)

    return , [System.Management.Automation.PSSerializer]::Deserialize($Line -creplace '^.*(?=<Objs )|(?<=</Objs>).*$')
}
