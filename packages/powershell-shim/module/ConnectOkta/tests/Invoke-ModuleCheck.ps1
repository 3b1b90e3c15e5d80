#Requires -Version 5.1
# Analyzes the sources of the module and its tests, and tests the built module in the PowerShell that runs this script.
# -Install downloads PSScriptAnalyzer and Pester from the PowerShell Gallery first.
[CmdletBinding()]
param([switch] $Install)

$ErrorActionPreference = 'Stop'
$modules = @{ PSScriptAnalyzer = '1.25.0'; Pester = '6.2.0' }
foreach ($name in $modules.Keys) {
    # Windows brings a Pester 3 that another publisher signed.
    if ($Install) { Install-Module $name -RequiredVersion $modules[$name] -Scope CurrentUser -Force -SkipPublisherCheck }
    Import-Module $name -RequiredVersion $modules[$name]
}

$source = Split-Path $PSScriptRoot
$settings = Join-Path $PSScriptRoot 'support'
$findings = @(Invoke-ScriptAnalyzer -Path $source -Recurse -Settings (Join-Path $settings 'PSScriptAnalyzerSettings.psd1'))
if ($Install) {
    $compatibility = Join-Path $settings 'PSScriptAnalyzerCompatibility.psd1'
    # Not the tests, some of which run in PowerShell 7 only.
    foreach ($folder in 'Private', 'Public') {
        $findings += @(Invoke-ScriptAnalyzer -Path (Join-Path $source $folder) -Recurse -Settings $compatibility)
    }
}
$findings | Format-Table RuleName, ScriptName, Line, Message -AutoSize -Wrap | Out-Host

$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$result = Invoke-Pester -Configuration $configuration

"PowerShell $($PSVersionTable.PSVersion): $($findings.Count) findings, $($result.PassedCount) tests passed, " +
    "$($result.FailedCount) failed, $($result.SkippedCount) skipped"
$isFailed = $findings.Count -gt 0 -or $result.Result -ne 'Passed'
exit [int]$isFailed
