function ConvertTo-OktaErrorRecord {
    # The shim's error, as PowerShell knows errors.
    param($Said, $Target)

    if ($null -eq $Said.PSObject.Properties['code']) {
        $record = New-OktaErrorRecord 'OktaInternalError' $Said.message 'Report it, with the trace in Exception.Data.' `
            'NotSpecified' $Target
        # A trace keeps its lines.
        $record.Exception.Data['Trace'] = ConvertTo-EscapedText $Said.trace "$script:ControlCharacter(?<!\n)"
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
        network_failed = 'ConnectionError'
        tls_untrusted = 'SecurityError'
        rate_limited = 'LimitsExceeded'
        server_failed = 'ResourceUnavailable'
        token_response_invalid = 'ProtocolError'
        store_failed = 'ResourceUnavailable'
        browser_failed = 'ResourceUnavailable'
        callback_port_in_use = 'ResourceBusy'
        cancelled = 'OperationStopped'
    }
    $words = foreach ($word in $Said.code.Split('_')) { $word.Substring(0, 1).ToUpperInvariant() + $word.Substring(1) }
    $id = 'Okta' + ($words -join '')
    $category = $categories[$Said.code]
    if ($Said.isNotConnected) { $id = 'NotConnectedToOkta'; $category = 'ConnectionError' }
    $record = New-OktaErrorRecord $id $Said.message $Said.hint $category $Target
    $record.Exception.Data['OktaCode'] = $Said.code
    if ($null -ne $Said.PSObject.Properties['oauth']) { $record.Exception.Data['OAuthError'] = $Said.oauth.error }
    return $record
}
