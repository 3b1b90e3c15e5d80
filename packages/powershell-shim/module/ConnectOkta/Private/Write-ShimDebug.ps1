function Write-ShimDebug {
    # Says that a request is sent, and returns when; with that, says that it was answered.
    param($Cmdlet, [int] $Id, [string] $Method, $StartedAt)

    if ($null -ne $StartedAt) {
        $Cmdlet.WriteDebug("Request $Id was answered after $($StartedAt.ElapsedMilliseconds) ms")
        return
    }
    # The name alone: parameters hold secrets.
    $Cmdlet.WriteDebug("Request $Id to the shim (process $($script:ShimProcess.Id)): $Method")
    return [System.Diagnostics.Stopwatch]::StartNew()
}
