import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Credentials, freePort } from '@connect-okta/emulator'

// Runs in place of a browser: signs a user in at an address, or enters a device code there.
const program = `
import { openedAddress, ScriptedBrowser } from '${import.meta.resolve('@connect-okta/emulator')}'
const url = openedAddress(process.argv[2])
const user = JSON.parse(process.env.USER_CREDENTIALS)
const browser = new ScriptedBrowser({ orgUrl: new URL(url.origin) })
await (url.pathname.startsWith('/activate') ? browser.activate(url, user) : browser.visit(url, user))
`

/** Writes a program that signs a user in into a folder, and returns the environment variables that make it the browser. */
export async function userBrowserIn(folder: string, user: Credentials | undefined): Promise<Record<string, string>> {
  const script = join(folder, 'user.mjs')
  const command = join(folder, 'user')
  await writeFile(script, program)
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$1"\n`)
  await chmod(command, 0o755)
  return { BROWSER: command, USER_CREDENTIALS: JSON.stringify({ login: user?.login, password: user?.password }) }
}

/** Returns a redirect URI with a free port. */
export async function freeRedirectUri(): Promise<string> {
  return `http://localhost:${await freePort()}/login/callback`
}

/** For scripts: `Invoke-WithBrowser { … }` runs a script in another runspace, and opens each address that it shows. */
export const invokeWithBrowser = `
function Invoke-WithBrowser {
  [CmdletBinding()] param([string] $script, $given)
  $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
  $runspace.Open()
  $runspace.SessionStateProxy.SetVariable('given', $given)
  $shell = [powershell]::Create()
  $shell.Runspace = $runspace
  $null = $shell.AddScript("Import-Module '$((Get-Module ConnectOkta).Path)'\`n$script")
  $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
  $browser = $env:BROWSER
  $begun = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]] $null, $output)
  $seen = 0
  while (-not $begun.AsyncWaitHandle.WaitOne(20)) {
    while ($seen -lt $shell.Streams.Information.Count) {
      $text = "$($shell.Streams.Information[$seen])"
      $seen++
      if ($text -match '(?:open|go to:)\\s+(http\\S+)') {
        $start = [System.Diagnostics.ProcessStartInfo]::new($browser, $Matches[1])
        $start.UseShellExecute = $false
        $null = [System.Diagnostics.Process]::Start($start)
      }
    }
  }
  $output
  foreach ($one in $shell.Streams.Error) { $PSCmdlet.WriteError($one) }
  $runspace.Close()
}`
