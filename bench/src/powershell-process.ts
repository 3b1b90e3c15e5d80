import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const folder = dirname(createRequire(import.meta.url).resolve('@connect-okta/powershell-shim/package.json'))

/** The manifest of the module. */
export const manifest = join(folder, 'dist/ConnectOkta/ConnectOkta.psd1')

/** Environment variables: no requests to the internet. */
export const quiet = { POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off' }

/** A PowerShell process. */
export interface Shell {
  /** Runs a line. Throws if it has an error. */
  run(line: string): Promise<void>
  close(): Promise<void>
}

// Reads a line, runs it, and prints a line when it is done.
const loop = `
[Console]::Out.WriteLine('ready')
while ($null -ne ($line = [Console]::In.ReadLine())) { . ([scriptblock]::Create($line)); [Console]::Out.WriteLine("done $($Error.Count)") }`

/**
 * Starts a {@link Shell} with the module.
 *
 * @param given the first statements, such as variables.
 */
export async function startShell(given: string, env: NodeJS.ProcessEnv): Promise<Shell> {
  const script = `$WarningPreference = 'SilentlyContinue'; Import-Module '${manifest}'; ${given}; ${loop}`
  const child: ChildProcessWithoutNullStreams = spawn('pwsh', ['-NoProfile', '-Command', script], { env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const expectLine = async (expected: string) => {
    const { value } = await lines.next()
    if (value !== expected) throw new Error(`the shell printed ${value} instead of ${expected}`)
  }
  await expectLine('ready')
  return {
    async run(line) {
      child.stdin.write(`${line}\n`)
      await expectLine('done 0')
    },
    async close() {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}
