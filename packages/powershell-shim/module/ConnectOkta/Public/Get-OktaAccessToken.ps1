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
        $said = Invoke-Shim $PSCmdlet 'token' $parameters
        if ($null -eq $said) { return }
        if ($said.type -eq 'DPoP') {
            $PSCmdlet.WriteWarning('This token is bound to a key, and works with a proof for each request only: use Invoke-OktaApi.')
        }
        if ($said.type -eq 'SSWS') {
            $PSCmdlet.WriteWarning('This is a static API token, not an access token. Send it as "Authorization: SSWS", never as "Bearer".')
        }
        if ($AsPlainText) { return $said.value }
        return ConvertTo-Secret $said.value
    }
}
