function Restore-NodeSession {
    # Opens a session of this PowerShell process in the Node process of this runspace. Returns the response, or nothing if the
    # process ends first.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Session)

    $parameters = Get-SessionParameter -Session $Session
    $parameters['session'] = $Session.Id
    return Invoke-NodeRequest -Cmdlet $Cmdlet -Method 'restore' -Parameters $parameters
}
