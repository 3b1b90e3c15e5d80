function Invoke-Shim {
    # Has the shim do something and returns what came of it. An error is written as one of the cmdlet, and nothing returned.
    param($Cmdlet, $Method, $Parameters = @{}, $Target, $IsRepeatable = $true, $Session)

    $answer = Get-ShimAnswer $Cmdlet $Method $Parameters $Target $IsRepeatable $Session
    if ($null -eq $answer) { return }
    $said = ConvertFrom-ShimLine $answer
    if ($null -ne $said) { return $said }
}
