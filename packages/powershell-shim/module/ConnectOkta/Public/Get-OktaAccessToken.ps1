function Get-OktaAccessToken {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType([securestring], [string])]
    param(
        [switch] $AsPlainText,

        [timespan] $MinValidity,

        [switch] $ForceRefresh,

        [switch] $AllowApiToken
    )

    begin {
        . Use-CallerPreference
    }

    end {
        $parameters = @{}
        if ($PSCmdlet.MyInvocation.BoundParameters.ContainsKey('MinValidity')) {
            $parameters.minValidityMs = [long] $MinValidity.TotalMilliseconds
        }
        if ($ForceRefresh) { $parameters.forceRefresh = $true }
        if ($AllowApiToken) { $parameters.allowApiToken = $true }
        $token = Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'token' -Parameters $parameters
        if ($null -eq $token) { return }
        if ($parameters.ContainsKey('minValidityMs') -and $null -ne $token.expiresAt) {
            $validity = [System.DateTimeOffset]::FromUnixTimeMilliseconds($token.expiresAt) - [System.DateTimeOffset]::UtcNow
            if ($validity -lt $MinValidity) {
                $PSCmdlet.WriteWarning("The token expires in $([math]::Floor($validity.TotalMinutes)) minutes, which is less than " +
                    "-MinValidity $($MinValidity). The authorization server sets the lifetime of its tokens.")
            }
        }
        if ($token.type -eq 'DPoP') {
            $PSCmdlet.WriteWarning('This token is bound to a key (DPoP). Other programs cannot use it. Use Invoke-OktaApi instead.')
        }
        if ($token.type -eq 'SSWS') {
            $PSCmdlet.WriteWarning('This is a static API token, not an access token. Send it with "Authorization: SSWS", not "Bearer".')
        }
        if ($AsPlainText) { return $token.value }
        return ConvertTo-Secret -Text $token.value
    }
}
