function New-OktaJsonWebKey {
    # .ExternalHelp ConnectOkta-help.xml
    [CmdletBinding(SupportsShouldProcess = $true, PositionalBinding = $false, DefaultParameterSetName = 'NewKey')]
    [OutputType('ConnectOkta.JsonWebKey')]
    param(
        [Parameter(ParameterSetName = 'NewKey')]
        [ValidateSet('RSA-2048', 'RSA-3072', 'RSA-4096', 'P-256', 'P-384', 'P-521')]
        [string] $Type = 'RSA-2048',

        [Parameter(Mandatory = $true, ParameterSetName = 'Certificate')]
        [ValidateNotNull()]
        [object] $Certificate,

        [Parameter(Mandatory = $true, ParameterSetName = 'CertificateThumbprint')]
        [ArgumentCompleter({ & (Get-Module ConnectOkta) { Get-CertificateCompletion -Word $args[0] } $args[2] })]
        [string] $CertificateThumbprint,

        [Parameter(Mandatory = $true, ParameterSetName = 'SigningKey')]
        [ValidateNotNull()]
        [object] $SigningKey,

        [string] $KeyId,

        [Parameter(ParameterSetName = 'NewKey')]
        [ValidateNotNullOrEmpty()]
        [string] $Path,

        [Parameter(ParameterSetName = 'NewKey')]
        [switch] $AsPlainText
    )

    begin {
        . Use-CallerPreference
    }

    end {
        $bound = $PSCmdlet.MyInvocation.BoundParameters
        $signer = Get-Signer -Cmdlet $PSCmdlet -Bound $bound -Public
        $call = @{ Method = 'newKey'; Parameters = @{ type = $Type.ToUpperInvariant() }; NoRetry = $true }
        if ($null -ne $signer) { $call = @{ Method = 'publicKey'; Parameters = @{ signer = $signer.Parameters } } }
        if ($bound.ContainsKey('KeyId')) { $call.Parameters.keyId = $KeyId }
        $file = $null
        if ($bound.ContainsKey('Path')) {
            $file = Resolve-FilePath -Cmdlet $PSCmdlet -Path $Path -ParameterName 'Path'
            if (-not $PSCmdlet.ShouldProcess($file, 'Write a private key')) { return }
            $call.Parameters.path = $file
        }
        $key = Invoke-NodeMethod -Cmdlet $PSCmdlet -Target $file @call
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
