import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startEmulatedOrg } from '../emulated-org.js'
import { commandOf } from '../emulator-process.js'
import { msal, oktaSdk, openidClient, ours, type Peer, plainOauth } from '../peers/peers.js'
import type { Row } from '../row.js'

const child = fileURLToPath(new URL('../first-token-child.js', import.meta.url))
const run = promisify(execFile)

/** The time of a short process: the start of Node, loading the library, and getting the token. */
export const coldFirstToken: Row = {
  name: 'A process that gets one token by key',
  ours: ours.what,
  reference: plainOauth.what,
  against: 'peer',
  pairs: 12,
  async prepare() {
    const { withKey: app, close } = await startEmulatedOrg()
    const runBy = (peer: Peer) => async () => {
      const started = spawn(process.execPath, [child], { stdio: ['pipe', 'inherit', 'inherit'] })
      started.stdin.end(JSON.stringify({ peer, app }))
      const [code] = await once(started, 'exit')
      if (code !== 0) throw new Error(`${peer.what} got no token`)
      return undefined
    }
    const home = await mkdtemp(join(tmpdir(), 'bench-'))
    await writeFile(join(home, 'key.json'), JSON.stringify('jwk' in app.credential && app.credential.jwk))
    const byCommand = async () => {
      const flags = [
        '--tenant',
        app.tenant,
        '--client-id',
        app.clientId,
        '--jwk-file',
        'key.json',
        '--scopes',
        app.scope,
      ]
      const args = [commandOf('@connect-okta/cli'), 'token', '--force-refresh', ...flags, '--store', 'memory']
      const { stdout } = await run(process.execPath, args, { cwd: home, env: { ...process.env, HOME: home } })
      if (stdout.trim() === '') throw new Error('the command got no token')
      return undefined
    }
    return {
      ours: runBy(ours),
      reference: runBy(plainOauth),
      others: [
        { what: 'connect-okta token', isOurs: true, run: byCommand },
        ...[openidClient, msal, oktaSdk].map(peer => ({ what: peer.what, run: runBy(peer) })),
      ],
      async close() {
        await close()
        await rm(home, { recursive: true })
      },
    }
  },
}
