function New-ShimStart {
    # How a shim is started.
    return [System.Diagnostics.ProcessStartInfo] @{
        FileName = $script:Node
        Arguments = "`"$PSScriptRoot/shim/shim.cjs`""
        UseShellExecute = $false
        CreateNoWindow = $true
        RedirectStandardInput = $true
        RedirectStandardOutput = $true
        RedirectStandardError = $true
        StandardOutputEncoding = [System.Text.Encoding]::UTF8
        StandardErrorEncoding = [System.Text.Encoding]::UTF8
    }
}
