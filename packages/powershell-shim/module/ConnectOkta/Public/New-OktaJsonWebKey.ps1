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
        $parameters = @{ type = $Type.ToUpperInvariant() }
        if ($bound.ContainsKey('KeyId')) { $parameters.keyId = $KeyId }
        $file = $null
        if ($bound.ContainsKey('Path')) {
            $file = Resolve-FilePath -Cmdlet $PSCmdlet -Path $Path -ParameterName 'Path'
            if (-not $PSCmdlet.ShouldProcess($file, 'Write a private key')) { return }
            $parameters.path = $file
        }
        $key = Invoke-NodeMethod -Cmdlet $PSCmdlet -Method 'newKey' -Parameters $parameters -Target $file -NoRetry
        if ($null -eq $key) { return }
        $private = $null
        if ($null -ne $key.privateJwk) {
            $private = $key.privateJwk
            if (-not $AsPlainText) { $private = ConvertTo-Secret -Text $private }
        }
        New-TypedObject -TypeName 'ConnectOkta.JsonWebKey' -Properties ([ordered] @{
            KeyId = $key.keyId
            Algorithm = $key.algorithm
            PublicJwk = $key.publicJwk
            PrivateJwk = $private
            Path = $file
        })
    }
}
