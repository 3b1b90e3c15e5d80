function ConvertTo-OktaFinding {
    param($Said)

    $fix = $null
    if ($null -ne $Said.PSObject.Properties['fix']) { $fix = $Said.fix }
    return [pscustomobject] @{
        PSTypeName = 'ConnectOkta.Finding'
        Check = $Said.check
        Outcome = $Said.outcome
        Message = $Said.message
        Fix = $fix
    }
}
