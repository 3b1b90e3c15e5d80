function Set-ErrorResponse {
    # Sets the text of a response as ErrorDetails.Message, as Invoke-RestMethod does. The view of the type shows the message of the
    # exception instead.
    param([System.Management.Automation.ErrorRecord] $Record, [psobject] $Response)

    $text = $Response.PSObject.Properties['body']
    if ($null -eq $text) { return }
    $hint = $Record.ErrorDetails.RecommendedAction
    # Escaped, it is the same JSON.
    $json = ConvertTo-EscapedText -Text $text.Value -Pattern "$script:ControlCharacter(?<![\t\r\n])"
    $Record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($json)
    $Record.ErrorDetails.RecommendedAction = $hint
    $Record.PSObject.TypeNames.Insert(0, 'ConnectOkta.ApiErrorRecord')
}
