function Test-SameServer {
    # Returns whether a name is the host of a URL, with or without its port, or the URL.
    param([string] $Url, [string] $Name)

    if ('' -ceq $Url) { return $false }
    return $Name.TrimEnd('/') -in ([uri] $Url).Authority, ([uri] $Url).Host, $Url
}
