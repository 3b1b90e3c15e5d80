function ConvertTo-RequestBody {
    # Text is JSON already; everything else becomes it.
    param($Cmdlet, $Body)

    if ($Body -is [string]) { return $Body }
    # A list that is wrapped in an object becomes one in Windows PowerShell.
    if ($Body -is [array]) { $Body = [object[]] $Body }
    $json = ConvertTo-Json -InputObject $Body -Depth 100 -Compress -WarningVariable problems -WarningAction SilentlyContinue
    if ($problems) {
        # What is deeper would be the name of its type.
        Stop-WithError $Cmdlet 'OktaOptionsInvalid' '-Body is nested deeper than 100 levels.' `
            'Give an object without references to itself, or JSON as text.' 'InvalidArgument' 'Body'
    }
    return $json
}
