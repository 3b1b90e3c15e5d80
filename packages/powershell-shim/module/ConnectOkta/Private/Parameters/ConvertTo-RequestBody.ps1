function ConvertTo-RequestBody {
    # Returns the body of a request as JSON. A string is JSON already.
    param([System.Management.Automation.PSCmdlet] $Cmdlet, [object] $Body)

    if ($Body -is [string]) { return $Body }
    # Windows PowerShell writes an array that is wrapped in a PSObject as an object.
    if ($Body -is [array]) { $Body = [object[]] $Body }
    $json = ConvertTo-Json -InputObject $Body -Depth 100 -Compress -WarningVariable problems -WarningAction SilentlyContinue
    if ($problems) {
        # ConvertTo-Json writes deeper objects as the names of their types.
        $Cmdlet.ThrowTerminatingError((New-OktaErrorRecord -Id 'OktaOptionsInvalid' `
                    -Message '-Body is nested deeper than 100 levels.' `
                    -Hint 'Use an object without circular references, or JSON as a string.' -Category 'InvalidArgument' -Target 'Body'))
    }
    return $json
}
