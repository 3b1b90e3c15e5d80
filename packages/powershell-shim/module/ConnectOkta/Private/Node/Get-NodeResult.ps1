function Get-NodeResult {
    # Calls a method of the Node process, and returns its outputs and its result. Throws its errors. Invoke-NodeMethod writes all of
    # these to the pipeline of a cmdlet, and here that is the one of the script block.
    param([string] $Method, [hashtable] $Parameters = @{}, [object] $Target, [psobject] $Signer)

    $call = @{ Method = $Method; Parameters = $Parameters; Target = $Target; Signer = $Signer }
    & { [CmdletBinding()] param([hashtable] $Call) Invoke-NodeMethod -Cmdlet $PSCmdlet @Call } $call -ErrorAction Stop
}
