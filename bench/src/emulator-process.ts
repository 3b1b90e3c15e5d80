import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

/** An app as `okta-emulator --json` describes it. */
export interface EmulatedClient {
  readonly clientId: string
  readonly kind: string
  readonly dpop: boolean
  readonly jwk?: Record<string, unknown>
}

/** An emulator in a separate process, so that its work does not count as that of a library. */
export interface EmulatorProcess {
  readonly orgUrl: string
  readonly clients: readonly EmulatedClient[]
  close(): Promise<void>
}

const require = createRequire(import.meta.url)

/** Returns the program of a command of one of our packages. */
export function commandOf(name: '@connect-okta/cli' | '@connect-okta/emulator' | '@connect-okta/server'): string {
  const manifest = require.resolve(`${name}/package.json`)
  const [file] = Object.values((require(manifest) as { bin: Record<string, string> }).bin)
  if (file === undefined) throw new Error(`${name} has no command`)
  return join(dirname(manifest), file)
}

/**
 * Starts the emulator and waits until it listens.
 *
 * @param flags additional flags, such as a configuration file.
 */
export async function startEmulatorProcess(flags: readonly string[] = []): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, [commandOf('@connect-okta/emulator'), '--json', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([once(lines, 'line'), exited])) as [unknown]
  if (typeof line !== 'string') throw new Error('the emulator exited before it listened')
  return {
    ...(JSON.parse(line) as Pick<EmulatorProcess, 'orgUrl' | 'clients'>),
    async close() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Returns the service app with a key that requires DPoP, or the one that does not. */
export function serviceApp(
  { clients }: EmulatorProcess,
  wanted: { readonly dpop: boolean } = { dpop: false },
): { clientId: string; jwk: Record<string, unknown> } {
  const app = clients.find(({ kind, dpop }) => kind === 'service' && dpop === wanted.dpop)
  if (app?.jwk === undefined) throw new Error('the emulator has no service app')
  return { clientId: app.clientId, jwk: app.jwk }
}
