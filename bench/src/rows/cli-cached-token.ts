import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commandOf, serviceApp, startEmulatorProcess } from '../emulator-process.js'
import type { Row } from '../row.js'

const run = promisify(execFile)

/** What a shell script waits for when the token is at hand: mostly Node itself. */
export const cliCachedToken: Row = {
  name: 'CLI: a token from the store',
  ours: 'connect-okta token',
  reference: 'node -e 0',
  budget: 2,
  pairs: 25,
  async prepare() {
    const emulator = await startEmulatorProcess()
    const home = await mkdtemp(join(tmpdir(), 'bench-'))
    const cli = commandOf('@connect-okta/cli')
    const env = { ...process.env, HOME: home, CONNECT_OKTA_STATE_DIR: join(home, 'state') }
    const { clientId, jwk } = serviceApp(emulator)
    const keyFile = join(home, 'key.json')
    await writeFile(keyFile, JSON.stringify(jwk), { mode: 0o600 })
    const which = ['--tenant', emulator.orgUrl, '--client-id', clientId]
    await run(process.execPath, [cli, 'login', ...which, '--jwk-file', keyFile], { env })
    return {
      async ours() {
        const { stdout } = await run(process.execPath, [cli, 'token', ...which], { env })
        if (stdout.trim() === '') throw new Error('no token came')
        return undefined
      },
      async reference() {
        await run(process.execPath, ['-e', '0'], { env })
        return undefined
      },
      async close() {
        await emulator.close()
        await rm(home, { recursive: true })
      },
    }
  },
}
