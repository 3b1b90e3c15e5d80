function Write-ShimProgress {
    # Says what is being waited for.
    param($Cmdlet, [string] $Activity, [string] $Status)

    $Status = ConvertTo-EscapedText $Status $script:ControlCharacter
    $record = [System.Management.Automation.ProgressRecord]::new(8019, $Activity, $Status)
    $script:ShimProgress = $record
    $Cmdlet.WriteProgress($record)
}
