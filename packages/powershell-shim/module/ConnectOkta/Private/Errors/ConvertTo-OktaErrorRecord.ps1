function ConvertTo-OktaErrorRecord {
    # Makes the error for a call that failed: see src/failure.ts.
    param([psobject] $Failure, [object] $Target, [psobject] $Session, [bool] $HasResponse)

    if ($null -eq $Failure.PSObject.Properties['code']) {
        $record = New-OktaErrorRecord -Id 'OktaInternalError' -Message $Failure.message `
            -Hint 'Report this bug with the trace in Exception.Data.' -Category 'NotSpecified' -Target $Target
        # A trace has line breaks.
        $record.Exception.Data['Trace'] = ConvertTo-EscapedText -Text $Failure.trace -Pattern "$script:ControlCharacter(?<!\n)"
        return $record
    }
    $categories = @{
        options_invalid = 'InvalidArgument'
        private_key_invalid = 'InvalidArgument'
        key_required = 'AuthenticationError'
        login_required = 'AuthenticationError'
        login_denied = 'PermissionDenied'
        login_timeout = 'OperationTimeout'
        state_mismatch = 'SecurityError'
        client_rejected = 'AuthenticationError'
        scope_rejected = 'PermissionDenied'
        grant_rejected = 'PermissionDenied'
        dpop_rejected = 'ProtocolError'
        oauth_failed = 'ProtocolError'
        api_failed = 'InvalidOperation'
        network_failed = 'ConnectionError'
        tls_untrusted = 'SecurityError'
        rate_limited = 'LimitsExceeded'
        server_failed = 'ResourceUnavailable'
        token_response_invalid = 'ProtocolError'
        store_failed = 'ResourceUnavailable'
        signer_failed = 'ResourceUnavailable'
        browser_failed = 'ResourceUnavailable'
        callback_port_in_use = 'ResourceBusy'
        port_in_use = 'ResourceBusy'
        program_not_started = 'ResourceUnavailable'
        cancelled = 'OperationStopped'
    }
    $words = foreach ($word in $Failure.code.Split('_')) { $word.Substring(0, 1).ToUpperInvariant() + $word.Substring(1) }
    $id = 'Okta' + ($words -join '')
    $category = $categories[$Failure.code]
    $api = $Failure.PSObject.Properties['api']
    if ($Failure.code -ceq 'api_failed') {
        switch ($Failure.api.status) {
            400 { $category = 'InvalidArgument' }
            401 { $category = 'AuthenticationError' }
            403 { $category = 'PermissionDenied' }
            404 { $category = 'ObjectNotFound' }
            409 { $category = 'ResourceExists' }
        }
    }
    $message = $Failure.message
    $hint = $Failure.hint
    if ($Failure.isNotConnected) {
        $id = 'NotConnectedToOkta'
        $category = 'ConnectionError'
        $conflict = Get-CommandConflictText
        $other = @(Get-ConnectedSession)
        if ($conflict) { $hint = $conflict }
        elseif ($other.Count -gt 0) {
            $message = 'This runspace is not connected to Okta, but this PowerShell process has other connections.'
            $command = Get-SelectCommand -Session $other[-1]
            if ($null -eq $command) { $command = 'Get-OktaContext -ListAvailable lists them. Pipe one of them to Select-OktaContext.' }
            $hint = "Select one: $command"
        }
    }
    elseif ($Failure.needsSignIn -and $null -ne $Session) { $hint = "Run $(Get-ConnectCommand -Session $Session)" }
    $record = New-OktaErrorRecord -Id $id -Message $message -Hint $hint -Category $category -Target $Target
    $record.Exception.Data['OktaCode'] = $Failure.code
    if ($null -ne $Failure.PSObject.Properties['oauth']) { $record.Exception.Data['OAuthError'] = $Failure.oauth.error }
    if ($null -ne $api) {
        Add-ApiErrorData -Record $record -Response $api.Value
        if ($HasResponse) { Set-ErrorResponse -Record $record -Response $api.Value }
    }
    return $record
}
