function New-NodeEndedErrorRecord {
    # The error for a Node process that ends before it responds. Contains the last text that it wrote.
    param([psobject] $Node, [object] $Target, [switch] $IsResultUnknown)

    $hint = 'Try again. If it happens again, report it with the text of this error.'
    if ($IsResultUnknown) { $hint = 'Okta may have processed the request. Check the result before you repeat it.' }
    $text = ''
    if ($Node.ErrorText.Wait(1000)) { $text = $Node.ErrorText.Result.Trim() -creplace '\s+', ' ' }
    if ($text.Length -gt 2000) { $text = $text.Substring($text.Length - 2000) }
    return New-OktaErrorRecord -Id 'OktaShimEnded' -Message "The Node process of the module ended unexpectedly. $text".Trim() `
        -Hint $hint -Category 'ResourceUnavailable' -Target $Target
}
