function Test-NonInteractive {
    # Returns whether PowerShell was started with -NonInteractive, which can be shortened to -NonI.
    foreach ($argument in [System.Environment]::GetCommandLineArgs()) {
        if ($argument -notmatch '^(?:--?|/)(noni\w*)$') { continue }
        if ('noninteractive'.StartsWith($Matches[1], [System.StringComparison]::OrdinalIgnoreCase)) { return $true }
    }
    return $false
}
