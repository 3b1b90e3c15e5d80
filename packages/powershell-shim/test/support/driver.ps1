# Reads scripts as JSON, one a line, runs them, and writes what they wrote. They run in one runspace with the module; isNew runs a
# script in a new one.
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

function New-TestRunspace([string] $module) {
    $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
    $runspace.Open()
    $import = [powershell]::Create()
    $import.Runspace = $runspace
    $null = $import.AddCommand('Import-Module').AddParameter('Name', $module).Invoke()
    $import.Dispose()
    $runspace
}

$shared = $null
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $job = ConvertFrom-Json $line
    if ($job.isNew) { $runspace = New-TestRunspace $job.module }
    else {
        if ($null -eq $shared) { $shared = New-TestRunspace $job.module }
        $runspace = $shared
    }
    $runspace.SessionStateProxy.SetVariable('given', $job.given)
    $runspace.SessionStateProxy.GetVariable('Error').Clear()
    $shell = [powershell]::Create()
    $shell.Runspace = $runspace
    # In its own scope: its variables do not exist in the next script.
    $null = $shell.AddScript($job.script, $true)
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
    $result = @{
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
    [Console]::Out.WriteLine((ConvertTo-Json -InputObject $result -Depth 8 -Compress))
    $shell.Dispose()
    if ($job.isNew) { $runspace.Close() }
}
