function New-OktaErrorRecord {
    param(
        [string] $Id,
        [string] $Message,
        [string] $Hint,
        [System.Management.Automation.ErrorCategory] $Category,
        [object] $Target
    )

    # Text from Okta and from files may contain terminal control sequences. Some messages have several lines.
    $Message = ConvertTo-EscapedText -Text $Message -Pattern "$script:ControlCharacter(?<!\n)"
    $Hint = ConvertTo-EscapedText -Text $Hint
    if ($Target -is [string]) { $Target = ConvertTo-EscapedText -Text $Target }
    $exception = [System.InvalidOperationException]::new($Message)
    $record = [System.Management.Automation.ErrorRecord]::new($exception, $Id, $Category, $Target)
    $details = $Message
    # PowerShell 7 shows the recommended action. Windows PowerShell does not.
    if ($PSVersionTable.PSVersion.Major -lt 7) { $details = "$Message $Hint" }
    $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($details)
    $record.ErrorDetails.RecommendedAction = $Hint
    return $record
}
