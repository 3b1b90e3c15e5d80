function Test-ObjectText {
    # Returns whether a text is what the parameter binder makes of an object: its properties as @{Name=value}, or the name of its
    # type. Whether a name such as Microsoft.okta.com is that of a type, the engine decides.
    param([string] $Text)

    if ($Text -cmatch '(?s)^@\{[^{}=]+=.*\}$') { return $true }
    # Without type arguments, array brackets and what a process adds: "System.Diagnostics.Process (pwsh)".
    if ($Text -cnotmatch '^((?:System|Microsoft)(?:\.\w+)+(?:`\d+)?(?:\+\w+)*)(?:\[.*\])?(?: \(.*\))?$') { return $false }
    return $null -ne ($Matches[1] -as [type])
}
