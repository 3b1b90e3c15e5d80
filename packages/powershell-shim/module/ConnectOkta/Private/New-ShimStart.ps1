function New-ShimStart {
    # How a shim is started, but for where Node.js is. Good for one start: it keeps the environment of its first.
    return [System.Diagnostics.ProcessStartInfo] @{
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
