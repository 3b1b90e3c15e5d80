@{
    IncludeDefaultRules = $true
    # The rule asks for -WhatIf on every function that is named Set, New, Start, or Stop. The private functions change only the state of the module.
    ExcludeRules = @('PSUseShouldProcessForStateChangingFunctions')
    Rules = @{
        PSUseCompatibleSyntax = @{ Enable = $true; TargetVersions = @('5.1', '7.0', '7.4') }
        PSAvoidExclaimOperator = @{ Enable = $true }
        PSAvoidSemicolonsAsLineTerminators = @{ Enable = $true }
        PSAvoidUsingDoubleQuotesForConstantString = @{ Enable = $true }
        PSPlaceOpenBrace = @{ Enable = $true }
        PSUseConsistentWhitespace = @{ Enable = $true }
        PSUseCorrectCasing = @{ Enable = $true }
    }
}
