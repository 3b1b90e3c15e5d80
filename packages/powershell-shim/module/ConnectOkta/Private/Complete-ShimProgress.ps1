function Complete-ShimProgress {
    # Takes away the bar that a notice has put up.
    param($Cmdlet, [hashtable] $Shim)

    $record = $Shim.Progress
    $Shim.Remove('Progress')
    $record.RecordType = [System.Management.Automation.ProgressRecordType]::Completed
    $Cmdlet.WriteProgress($record)
}
