function Initialize-ShimStart {
    # How a shim is started, and by which Node.js. Good for one start, since it keeps the environment of that.
    $script:NodeSoughtBy = "$env:CONNECT_OKTA_NODE|$env:PATH"
    $script:Node = Find-Node
    $script:ShimStart = [System.Diagnostics.ProcessStartInfo] @{
        FileName = $script:Node
        Arguments = '"{0}"' -f [System.IO.Path]::Combine($PSScriptRoot, 'shim', 'shim.cjs')
        UseShellExecute = $false
        CreateNoWindow = $true
        RedirectStandardInput = $true
        RedirectStandardOutput = $true
        RedirectStandardError = $true
        StandardOutputEncoding = [System.Text.Encoding]::UTF8
        StandardErrorEncoding = [System.Text.Encoding]::UTF8
    }
}
