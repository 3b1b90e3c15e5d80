function ConvertTo-ApiErrorRecord {
    # Makes the error for a request that Okta's API rejected.
    param([string] $Request, [psobject] $Response)

    $id = 'OktaApiRejected'
    $category = 'InvalidOperation'
    $hint = "Look the request up in Okta's API reference."
    switch ($Response.status) {
        400 { $category = 'InvalidArgument' }
        401 { $category = 'AuthenticationError'; $hint = 'Connect again with Connect-Okta -Force.' }
        403 {
            $category = 'PermissionDenied'
            $hint = 'Connect with the scope that the request needs, and see that the app or the person has the admin role.'
        }
        404 { $category = 'ObjectNotFound'; $hint = 'Check the path, and that what it names is there.' }
        409 { $category = 'ResourceExists' }
        429 { $id = 'OktaRateLimited'; $category = 'LimitsExceeded'; $hint = 'Try again in a minute, and ask for less at once.' }
        { $_ -ge 500 } {
            $id = 'OktaServerFailed'
            $category = 'ResourceUnavailable'
            $hint = 'Try again in a minute. See status.okta.com if it goes on.'
        }
    }
    $message = "Okta answered $($Response.status) to $Request. $($Response.problem.message)".Trim()
    $record = New-OktaErrorRecord -Id $id -Message $message -Hint $hint -Category $category -Target $Request
    $record.Exception.Data['StatusCode'] = [int] $Response.status
    if ($null -ne $Response.problem.code) { $record.Exception.Data['OktaErrorCode'] = $Response.problem.code }
    return $record
}
