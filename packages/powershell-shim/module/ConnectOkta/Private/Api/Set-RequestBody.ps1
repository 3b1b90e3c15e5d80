function Set-RequestBody {
    # Sets the body of a request, and the content type of bytes unless the user names one.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [hashtable] $Request, [object] $Body)

    $Request.body = ConvertTo-RequestBody -Cmdlet $Cmdlet -Body $Body
    if ($Request.body -is [string]) { return }
    if (-not $Request.ContainsKey('headers')) { $Request.headers = @{} }
    # The keys of a hashtable have no case.
    if (-not $Request.headers.ContainsKey('Content-Type')) { $Request.headers['Content-Type'] = 'application/octet-stream' }
}
