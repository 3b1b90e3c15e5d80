function ConvertFrom-ShimLine {
    # What the shim says: a notification (Method), or the answer to a request (Id) with its result or an error. What it
    # holds is in PowerShell's own serialization (Clixml), which every engine reads by itself, written such that JSON leaves
    # it as it is. It is left so for who needs it: to read the first takes a tenth of a first connection.
    param([string] $Line)

    $message = @{ Id = $null; Method = $null; IsError = $false; Clixml = $null }
    if ($Line -notmatch '^\{"jsonrpc":"2\.0","(id|method)":"?(\w+)"?,"(result|error|params)":.*?(<Objs .*</Objs>)') {
        return $message
    }
    $message[$Matches[1]] = $Matches[2]
    $message['IsError'] = $Matches[3] -eq 'error'
    $message['Clixml'] = $Matches[4]
    return $message
}
