function New-OktaErrorRecord {
    param([string] $Id, [string] $Message, [string] $Hint, [System.Management.Automation.ErrorCategory] $Category, $Target)

    # Text from Okta, from files and from tables moves no cursor.
    $Message = ConvertTo-EscapedText $Message $script:ControlCharacter
    $Hint = ConvertTo-EscapedText $Hint $script:ControlCharacter
    if ($Target -is [string]) { $Target = ConvertTo-EscapedText $Target $script:ControlCharacter }
    $exception = [System.InvalidOperationException]::new($Message)
    $record = [System.Management.Automation.ErrorRecord]::new($exception, $Id, $Category, $Target)
    $words = $Message
    # PowerShell 7 shows the recommended action by itself.
    if ($PSVersionTable.PSVersion.Major -lt 7) { $words = "$Message $Hint" }
    $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($words)
    $record.ErrorDetails.RecommendedAction = $Hint
    return $record
}
