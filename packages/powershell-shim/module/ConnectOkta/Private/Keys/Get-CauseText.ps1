function Get-CauseText {
    # Returns the message of an exception of a key object for an error: on one line, shortened, without tokens, without the last period.
    param([System.Exception] $Exception)

    $text = $Exception.GetBaseException().Message -creplace '\s+', ' ' -creplace 'eyJ[\w.-]{8,}', '***'
    if ($text.Length -gt 300) { $text = $text.Substring(0, 300) }
    return $text.Trim().TrimEnd('.')
}
