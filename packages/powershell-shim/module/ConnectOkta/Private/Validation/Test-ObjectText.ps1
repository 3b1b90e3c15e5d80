function Test-ObjectText {
    # Returns whether a text is an object that the parameter binder converted: its properties as @{Name=value}, the name of its
    # type, or the parts of a certificate. A name such as Microsoft.okta.com is not the name of a type.
    param([string] $Text)

    if ($Text -cmatch '(?s)^@\{[^{}=]+=.*\}$') { return $true }
    # The text of a certificate.
    if ($Text -cmatch '^\[Subject\]\r?\n') { return $true }
    # Without type arguments, array brackets and the suffix of a process: "System.Diagnostics.Process (pwsh)".
    if ($Text -cnotmatch '^((?:System|Microsoft)(?:\.\w+)+(?:`\d+)?(?:\+\w+)*)(?:\[.*\])?(?: \(.*\))?$') { return $false }
    return $null -ne ($Matches[1] -as [type])
}
