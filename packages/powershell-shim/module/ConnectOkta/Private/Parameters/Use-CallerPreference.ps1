function Use-CallerPreference {
    # Sets the preference variables of the calling script in the cmdlet that dot-sources this: a module does not inherit them. A
    # parameter such as -ErrorAction takes precedence.
    $caller = $PSCmdlet.SessionState.PSVariable
    $bound = $PSCmdlet.MyInvocation.BoundParameters
    if (-not $bound.ContainsKey('ErrorAction')) { $ErrorActionPreference = $caller.GetValue('ErrorActionPreference') }
    if (-not $bound.ContainsKey('WarningAction')) { $WarningPreference = $caller.GetValue('WarningPreference') }
    if (-not $bound.ContainsKey('InformationAction')) {
        $InformationPreference = $caller.GetValue('InformationPreference')
    }
    if (-not $bound.ContainsKey('Verbose')) { $VerbosePreference = $caller.GetValue('VerbosePreference') }
    if (-not $bound.ContainsKey('Debug')) { $DebugPreference = $caller.GetValue('DebugPreference') }
    if (-not $bound.ContainsKey('ProgressAction')) { $ProgressPreference = $caller.GetValue('ProgressPreference') }
    if (-not $bound.ContainsKey('WhatIf')) { $WhatIfPreference = $caller.GetValue('WhatIfPreference') }
    if (-not $bound.ContainsKey('Confirm')) { $ConfirmPreference = $caller.GetValue('ConfirmPreference') }
}
