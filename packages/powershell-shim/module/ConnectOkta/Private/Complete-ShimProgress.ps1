function Complete-ShimProgress {
    # Takes away the bar that a notice has put up.
    param($Cmdlet)

    $shown = $script:ShimProgress
    $script:ShimProgress = $null
    $record = [System.Management.Automation.ProgressRecord]::new(
        $shown.ActivityId, $shown.Activity, $shown.StatusDescription)
    $record.RecordType = [System.Management.Automation.ProgressRecordType]::Completed
    $Cmdlet.WriteProgress($record)
}
