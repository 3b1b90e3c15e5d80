function Write-HostText {
    # Shows a text on the host, as Write-Host does.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [string] $Text)

    $message = [System.Management.Automation.HostInformationMessage]::new()
    $message.Message = $Text
    $Cmdlet.WriteInformation($message, [string[]] @('PSHOST'))
}
