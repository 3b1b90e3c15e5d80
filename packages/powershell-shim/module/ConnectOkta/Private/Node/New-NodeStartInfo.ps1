function New-NodeStartInfo {
    param([string] $NodePath)

    return [System.Diagnostics.ProcessStartInfo] @{
        FileName = $NodePath
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
