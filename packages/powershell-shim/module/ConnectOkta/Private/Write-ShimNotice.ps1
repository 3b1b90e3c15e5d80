function Write-ShimNotice {
    # What the shim says while it works, in the stream where it belongs.
    param($Cmdlet, $Line)

    $said = ConvertFrom-ShimLine $Line
    $method = $Line -creplace '^\{"jsonrpc":"2\.0","method":"|".*'
    if ($method -ceq 'signIn') { Write-SignIn $Cmdlet $said }
    elseif ($method -ceq 'deviceCode') { Write-DeviceCode $Cmdlet $said }
    elseif ($method -ceq 'finding') { $Cmdlet.WriteObject((ConvertTo-OktaFinding $said)) }
    elseif ($said.code -cin 'retrying', 'waiting') { Write-ShimWait $Cmdlet $said }
    else { $Cmdlet.WriteWarning($said.message) }
}
