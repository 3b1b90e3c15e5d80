# Runs scripts that come as JSON, a line each, and answers with all that they said. Each gets a runspace of its own.
[Console]::InputEncoding = [System.Text.UTF8Encoding]::new($false)
[Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)

function ConvertTo-Recorded($record) {
    $details = $record.ErrorDetails
    @{
        id = $record.FullyQualifiedErrorId
        message = "$record"
        category = "$($record.CategoryInfo.Category)"
        target = "$($record.TargetObject)"
        recommendedAction = $(if ($null -ne $details) { $details.RecommendedAction })
    }
}

while ($null -ne ($line = [Console]::In.ReadLine())) {
    $job = ConvertFrom-Json $line
    $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
    $runspace.Open()
    $runspace.SessionStateProxy.SetVariable('given', $job.given)
    $shell = [powershell]::Create()
    $shell.Runspace = $runspace
    $null = $shell.AddScript($job.script)
    $output = @()
    $thrown = $null
    try { $output = @($shell.Invoke()) }
    catch {
        $cause = $_.Exception
        while ($null -ne $cause -and $null -eq $cause.PSObject.Properties['ErrorRecord']) { $cause = $cause.InnerException }
        while ($null -ne $cause.InnerException -and $cause -is [System.Management.Automation.MethodInvocationException]) {
            $cause = $cause.InnerException
        }
        $thrown = ConvertTo-Recorded $cause.ErrorRecord
    }
    $streams = $shell.Streams
    $answer = @{
        id = $job.id
        output = $output
        thrown = $thrown
        errors = @(foreach ($one in $streams.Error) { ConvertTo-Recorded $one })
        warnings = @(foreach ($one in $streams.Warning) { "$one" })
        verbose = @(foreach ($one in $streams.Verbose) { "$one" })
        debug = @(foreach ($one in $streams.Debug) { "$one" })
        information = @(foreach ($one in $streams.Information) { "$one" })
        progress = @(foreach ($one in $streams.Progress) { "$($one.Activity): $($one.StatusDescription) ($($one.RecordType))" })
    }
    [Console]::Out.WriteLine((ConvertTo-Json -InputObject $answer -Depth 8 -Compress))
    $shell.Dispose()
    $runspace.Close()
}
