function Write-OktaProgress {
    # Shows a progress bar until the next request is finished: see Invoke-NodeRequest.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Activity, [string] $Status)

    $script:ProgressRecord = [System.Management.Automation.ProgressRecord]::new(
        8019, $Activity, (ConvertTo-EscapedText -Text $Status))
    $Cmdlet.WriteProgress($script:ProgressRecord)
}
