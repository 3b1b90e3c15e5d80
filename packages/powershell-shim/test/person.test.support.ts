import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Credentials, freePort } from '@connect-okta/emulator'

const emulator = import.meta.resolve('@connect-okta/emulator')

// A person without a browser, who is told an address: signs in there, or enters the code that is in it.
const program = `
import { openedAddress, ScriptedBrowser } from '${emulator}'
const url = openedAddress(process.argv[2])
const user = JSON.parse(process.env.PERSON)
const browser = new ScriptedBrowser({ orgUrl: new URL(url.origin) })
await (url.pathname.startsWith('/activate') ? browser.activate(url, user) : browser.visit(url, user))
`

/** Puts a person into a folder, and returns the environment in which they answer for a browser. */
export async function personIn(folder: string, user: Credentials | undefined): Promise<Record<string, string>> {
  const script = join(folder, 'person.mjs')
  const command = join(folder, 'person')
  await writeFile(script, program)
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$1"\n`)
  await chmod(command, 0o755)
  return { BROWSER: command, PERSON: JSON.stringify({ login: user?.login, password: user?.password }) }
}

/** A redirect URI whose port is free. */
export async function freeRedirectUri(): Promise<string> {
  return `http://localhost:${await freePort()}/login/callback`
}

/**
 * For scripts: `Invoke-WithPerson { … }` runs one in a runspace of its own, and shows the person each address that it
 * says, as somebody at the screen would read it.
 */
export const invokeWithPerson = `
function Invoke-WithPerson {
  [CmdletBinding()] param([string] $script, $given)
  $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
  $runspace.Open()
  $runspace.SessionStateProxy.SetVariable('given', $given)
  $shell = [powershell]::Create()
  $shell.Runspace = $runspace
  $null = $shell.AddScript("Import-Module '$((Get-Module ConnectOkta).Path)'\`n$script")
  $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
  $begun = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]] $null, $output)
  $seen = 0
  while (-not $begun.AsyncWaitHandle.WaitOne(20)) {
    while ($seen -lt $shell.Streams.Information.Count) {
      $said = "$($shell.Streams.Information[$seen])"
      $seen++
      if ($said -match '(?:open|go to:)\\s+(http\\S+)') {
        $start = [System.Diagnostics.ProcessStartInfo]::new($env:BROWSER, $Matches[1])
        $start.UseShellExecute = $false
        $null = [System.Diagnostics.Process]::Start($start)
      }
    }
  }
  $output
  foreach ($one in $shell.Streams.Error) { $PSCmdlet.WriteError($one) }
  $runspace.Close()
}`
