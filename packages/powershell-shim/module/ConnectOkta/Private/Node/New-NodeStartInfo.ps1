function New-NodeStartInfo {
    param([psobject] $Command)

    return [System.Diagnostics.ProcessStartInfo] @{
        FileName = $Command.Path
        Arguments = $Command.Arguments
        UseShellExecute = $false
        CreateNoWindow = $true
        RedirectStandardInput = $true
        RedirectStandardOutput = $true
        RedirectStandardError = $true
        StandardOutputEncoding = [System.Text.Encoding]::UTF8
        StandardErrorEncoding = [System.Text.Encoding]::UTF8
    }
}
