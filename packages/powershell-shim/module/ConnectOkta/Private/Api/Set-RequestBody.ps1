function Set-RequestBody {
    # Sets the body of a request, and the content type of bytes unless the user names one.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [hashtable] $Request, [object] $Body)

    $Request.body = ConvertTo-RequestBody -Cmdlet $Cmdlet -Body $Body
    if (-not $Request.ContainsKey('headers')) { $Request.headers = @{} }
    # The keys of a hashtable have no case.
    if ($Request.headers.ContainsKey('Content-Type')) { return }
    if ($Request.body -isnot [string]) { $Request.headers['Content-Type'] = 'application/octet-stream' }
    # "$object" is not JSON.
    elseif (Test-ObjectText -Text $Request.body) { $Cmdlet.ThrowTerminatingError((New-ObjectErrorRecord -ParameterName 'Body')) }
}
