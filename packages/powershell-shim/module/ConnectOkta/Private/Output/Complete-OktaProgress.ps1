function Complete-OktaProgress {
    # Removes the progress bar.
    param([System.Management.Automation.PSCmdlet] $Cmdlet)

    $shown = $script:ProgressRecord
    $script:ProgressRecord = $null
    $record = [System.Management.Automation.ProgressRecord]::new(
        $shown.ActivityId, $shown.Activity, $shown.StatusDescription)
    $record.RecordType = [System.Management.Automation.ProgressRecordType]::Completed
    $Cmdlet.WriteProgress($record)
}
