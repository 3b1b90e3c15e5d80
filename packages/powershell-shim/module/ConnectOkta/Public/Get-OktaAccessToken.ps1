function Get-OktaAccessToken {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(PositionalBinding = $false)]
    [OutputType([securestring], [string])]
    param(
        [switch] $AsPlainText,

        [timespan] $MinValidity,

        [switch] $ForceRefresh
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
        $said = Invoke-Shim $PSCmdlet 'token' $parameters
        if ($null -eq $said) { return }
        if ($said.type -eq 'DPoP') {
            $PSCmdlet.WriteWarning('This token is bound to a key, and works with a proof for each request only: use Invoke-OktaApi.')
        }
        if ($AsPlainText) { return $said.value }
        return ConvertTo-Secret $said.value
    }
}
