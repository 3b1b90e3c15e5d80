function Restore-NodeSession {
    # Opens a session of this PowerShell process in the Node process of this runspace. Returns the response, or nothing if the
    # process ends first.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [psobject] $Node, [psobject] $Session)

    $parameters = Get-SessionParameter -Session $Session
    $parameters['session'] = $Session.Id
    $call = [pscustomobject] @{ Method = 'restore'; Parameters = $parameters; Signer = $null; IsSent = $false; HasOutput = $false }
    return Invoke-NodeRequest -Cmdlet $Cmdlet -Node $Node -Call $call
}
