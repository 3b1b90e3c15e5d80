function ConvertFrom-ShimClixml {
    # What a message of the shim holds.
    param($Message)

    return [System.Management.Automation.PSSerializer]::Deserialize($Message['Clixml'])
}
