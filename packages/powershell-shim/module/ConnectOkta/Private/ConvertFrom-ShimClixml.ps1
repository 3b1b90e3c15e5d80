function ConvertFrom-ShimClixml {
    # What a message of the shim holds, a list in one piece.
    param($Message)

    return , [System.Management.Automation.PSSerializer]::Deserialize($Message['Clixml'])
}
