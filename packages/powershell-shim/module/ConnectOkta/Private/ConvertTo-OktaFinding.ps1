function ConvertTo-OktaFinding {
    param($Said)

    $fix = $null
    if ($null -ne $Said.PSObject.Properties['fix']) { $fix = ConvertTo-EscapedText $Said.fix $script:ControlCharacter }
    return [pscustomobject] @{
        PSTypeName = 'ConnectOkta.Finding'
        Check = $Said.check
        Outcome = $Said.outcome
        Message = ConvertTo-EscapedText $Said.message $script:ControlCharacter
        Fix = $fix
    }
}
