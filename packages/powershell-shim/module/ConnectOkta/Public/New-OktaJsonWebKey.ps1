function New-OktaJsonWebKey {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false)]
    [OutputType('ConnectOkta.JsonWebKey')]
    param(
        [ValidateSet('RSA-2048', 'RSA-3072', 'RSA-4096', 'P-256', 'P-384', 'P-521')]
        [string] $Type = 'RSA-2048',

        [string] $KeyId,

        [ValidateNotNullOrEmpty()]
        [string] $Path,

        [switch] $AsPlainText
    )

    begin {
        . Use-CallerPreference
    }

    end {
        $bound = $PSCmdlet.MyInvocation.BoundParameters
        $parameters = @{ type = $Type }
        if ($bound.ContainsKey('KeyId')) { $parameters.keyId = $KeyId }
        $file = $null
        if ($bound.ContainsKey('Path')) {
            if (-not (Assert-Text $PSCmdlet @{ path = $Path })) { return }
            $provider = $null
            $drive = $null
            $file = $PSCmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $drive)
            if ($provider.Name -ne 'FileSystem') {
                Stop-WithError $PSCmdlet 'OktaOptionsInvalid' "$Path is not a file." 'Name a new file.' 'InvalidArgument' $Path
            }
            if (-not $PSCmdlet.ShouldProcess($file, 'Write a private key')) { return }
            $parameters.path = $file
        }
        $said = Invoke-Shim $PSCmdlet 'newKey' $parameters $file $false
        if ($null -eq $said) { return }
        $private = $null
        if ($null -ne $said.privateJwk) {
            $private = $said.privateJwk
            if (-not $AsPlainText) { $private = ConvertTo-Secret $private }
        }
        [pscustomobject] @{
            PSTypeName = 'ConnectOkta.JsonWebKey'
            KeyId = $said.keyId
            Algorithm = $said.algorithm
            PublicJwk = $said.publicJwk
            PrivateJwk = $private
            Path = $file
        }
    }
}
