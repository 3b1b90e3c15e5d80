function ConvertTo-OktaFinding {
    # Makes the output of Test-OktaConnection.
    param([psobject] $Finding)

    $fix = $null
    if ($null -ne $Finding.fix) { $fix = ConvertTo-EscapedText -Text $Finding.fix }
    return New-TypedObject -TypeName 'ConnectOkta.Finding' -Properties ([ordered] @{
        Check = $Finding.check
        Outcome = $Finding.outcome
        Message = ConvertTo-EscapedText -Text $Finding.message
        Fix = $fix
    })
}
