function Write-ShimNotice {
    # What the shim says while it works, in the stream where it belongs.
    param($Cmdlet, $Line)

    $said = ConvertFrom-ShimLine $Line
    $method = $Line -creplace '^\{"jsonrpc":"2\.0","method":"|".*'
    if ($method -ceq 'warning') { $Cmdlet.WriteWarning((ConvertTo-EscapedText $said $script:ControlCharacter)) }
    elseif ($method -ceq 'finding') { $Cmdlet.WriteObject((ConvertTo-OktaFinding $said)) }
    else { Write-ShimWait $Cmdlet $method $said }
}
