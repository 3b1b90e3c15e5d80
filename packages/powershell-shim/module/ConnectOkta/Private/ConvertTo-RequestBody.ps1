function ConvertTo-RequestBody {
    # Text is JSON already; everything else becomes it.
    param($Body)

    if ($Body -is [string]) { return $Body }
    # A list that is wrapped in an object becomes one in Windows PowerShell.
    if ($Body -is [array]) { $Body = [object[]] $Body }
    return ConvertTo-Json -InputObject $Body -Depth 100 -Compress
}
