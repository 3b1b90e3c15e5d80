function ConvertTo-ApiErrorRecord {
    # Okta's refusal of a request, as PowerShell knows errors.
    param([string] $Request, $Said)

    $id = 'OktaApiRejected'
    $category = 'InvalidOperation'
    $hint = "Look the request up in Okta's API reference."
    switch ($Said.status) {
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
    $words = "Okta answered $($Said.status) to $Request. $($Said.problem.message)".Trim()
    $record = New-OktaErrorRecord $id $words $hint $category $Request
    $record.Exception.Data['StatusCode'] = [int] $Said.status
    if ($null -ne $Said.problem.code) { $record.Exception.Data['OktaErrorCode'] = $Said.problem.code }
    return $record
}
