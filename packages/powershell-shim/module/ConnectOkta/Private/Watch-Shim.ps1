function Watch-Shim {
    # Listens to a shim, once it has its first request: not before, since it has nothing to say. The engine compiles what it has
    # not run yet, which takes no time here, where the shim is at work. So what follows an answer is run for nothing, once.
    $script:ShimOutput = $script:ShimProcess.StandardOutput
    $script:ShimReading = $script:ShimOutput.ReadLineAsync()
    # Read from the start, so that the shim never waits for a reader.
    $script:ShimLastWords = $script:ShimProcess.StandardError.ReadToEndAsync()
    $null = New-OktaSession @{} ''
    $null = ConvertFrom-ShimLine $script:AnyMessage
    $script:ShimExiting = Register-ShimEnd
}
