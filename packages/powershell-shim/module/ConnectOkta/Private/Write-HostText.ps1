function Write-HostText {
    # For people: on the host, in no pipeline, as Write-Host does.
    param($Cmdlet, [string] $Text)

    $message = [System.Management.Automation.HostInformationMessage]::new()
    $message.Message = $Text
    $Cmdlet.WriteInformation($message, [string[]] @('PSHOST'))
}
