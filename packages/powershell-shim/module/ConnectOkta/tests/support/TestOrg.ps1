# The functions that the test files share. Each file dot-sources them in BeforeAll.

function Start-TestOrg {
    # Starts the emulated orgs, imports the module, and returns the addresses and clients of the orgs.
    # The tokens and settings of the user are not used.
    $saved = @{}
    foreach ($name in 'STATE_DIR', 'CONFIG_DIR', 'STORE') {
        $saved["CONNECT_OKTA_$name"] = [Environment]::GetEnvironmentVariable("CONNECT_OKTA_$name")
    }
    # Pester removes what a Describe block has written to $TestDrive.
    $folder = Join-Path ([IO.Path]::GetTempPath()) "connect-okta-$([guid]::NewGuid())"
    $env:CONNECT_OKTA_STATE_DIR = Join-Path $folder 'state'
    $env:CONNECT_OKTA_CONFIG_DIR = Join-Path $folder 'config'
    $env:CONNECT_OKTA_STORE = 'file'

    $file = Join-Path $TestDrive 'org.json'
    $node = (Get-Command node -CommandType Application)[0].Source
    $start = @{
        FilePath = $node
        ArgumentList = "`"$(Join-Path $PSScriptRoot 'start-servers.mjs')`"", "`"$file`""
        RedirectStandardOutput = Join-Path $TestDrive 'servers.out'
        RedirectStandardError = Join-Path $TestDrive 'servers.err'
        NoNewWindow = $true
        PassThru = $true
    }
    $servers = Start-Process @start
    $deadline = [DateTime]::UtcNow.AddMinutes(1)
    while (-not (Test-Path $file)) {
        if ($servers.HasExited -or [DateTime]::UtcNow -gt $deadline) {
            throw "The emulator did not start: $(Get-Content $start.RedirectStandardError -Raw)"
        }
        Start-Sleep -Milliseconds 100
    }

    $module = Join-Path $PSScriptRoot '../../../../dist/ConnectOkta/ConnectOkta.psd1'
    Import-Module $module -Force
    $org = Get-Content $file -Raw | ConvertFrom-Json
    $key = $org.service.jwk | ConvertTo-Json -Compress
    $more = @{
        Key = $key
        # The parameters of Connect-Okta for the app that has a key.
        App = @{ Tenant = $org.url; ClientId = $org.service.clientId; JsonWebKey = $key; Scopes = 'okta.users.read' }
        Module = $module
        Node = $node
        Servers = $servers
        Folder = $folder
        SavedEnvironment = $saved
    }
    $org | Add-Member -NotePropertyMembers $more -PassThru
}

function Stop-TestOrg([psobject] $Org) {
    if ($null -eq $Org) { return }
    # A process has the connections of all test files.
    foreach ($context in Get-OktaContext -ListAvailable | Where-Object Status -NE 'Saved') {
        $context | Select-OktaContext
        Disconnect-Okta -NoRevoke
    }
    Remove-Module ConnectOkta
    Stop-Process -InputObject $Org.Servers -Force
    Remove-Item $Org.Folder -Recurse -Force -ErrorAction SilentlyContinue
    foreach ($name in $Org.SavedEnvironment.Keys) {
        [Environment]::SetEnvironmentVariable($name, $Org.SavedEnvironment[$name])
    }
}

function ConvertTo-TestSecret([string] $Text) { [Net.NetworkCredential]::new('', $Text).SecurePassword }

function Get-ErrorOf([Parameter(ValueFromPipeline)] [scriptblock] $Command) {
    # Returns the error record that a command throws.
    $ErrorActionPreference = 'Stop'
    try { $null = & $Command } catch { return $_ }
    throw "No error: $Command"
}

function Invoke-WithBrowser([psobject] $Org, [hashtable] $Parameters) {
    # Runs Connect-Okta in another runspace, and signs the first user in at the address that it shows.
    $shell = [powershell]::Create()
    $null = $shell.AddScript('param($module, $parameters) Import-Module $module; Connect-Okta @parameters -PassThru')
    $null = $shell.AddArgument($Org.Module).AddArgument($Parameters)
    $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $nothing.Complete()
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $begun = $shell.BeginInvoke($nothing, $output)
    $user = $Org.users[0]
    $seen = 0
    while (-not $begun.AsyncWaitHandle.WaitOne(50)) {
        while ($seen -lt $shell.Streams.Information.Count) {
            $text = "$($shell.Streams.Information[$seen])"
            $seen++
            if ($text -match '(?:open|go to:)\s+(http\S+)') {
                & $Org.Node (Join-Path $PSScriptRoot 'sign-in.mjs') $Matches[1] $user.login $user.password
            }
        }
    }
    foreach ($failure in $shell.Streams.Error) { throw $failure }
    $output
    $shell.Dispose()
}
