function Get-NoUserReason {
    # Returns why no user can sign in, if that is known: -NonInteractive, which can be shortened to -NonI, or a CI job.
    foreach ($argument in [System.Environment]::GetCommandLineArgs()) {
        if ($argument -notmatch '^(?:--?|/)(noni\w*)$') { continue }
        if ('noninteractive'.StartsWith($Matches[1], [System.StringComparison]::OrdinalIgnoreCase)) {
            return 'PowerShell was started with -NonInteractive'
        }
    }
    if ($env:CI -and $env:CI -notmatch '^(0|false)$') { return 'this is a CI job (the environment variable CI is set)' }
}
