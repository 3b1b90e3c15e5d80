function Watch-Shim {
    # Listens to a shim, once it has its first request: not before, since it has nothing to say.
    $script:ShimOutput = $script:ShimProcess.StandardOutput
    $script:ShimReading = $script:ShimOutput.ReadLineAsync()
    # Read from the start, so that the shim never waits for a reader.
    $script:ShimLastWords = $script:ShimProcess.StandardError.ReadToEndAsync()
    $script:ShimExiting = Register-ShimEnd
    # The engine compiles what it has not run yet. What follows an answer is run here once for nothing, in silence: it takes
    # no time while the shim is at work.
    $null = New-OktaSession '' @{} ''
    & {
        [CmdletBinding()] param()
        Write-ShimNotice $PSCmdlet $script:AnyWarning
        $PSCmdlet.WriteVerbose('')
    } -WarningAction SilentlyContinue -Verbose:$false
}
