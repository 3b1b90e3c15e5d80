import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startEmulatedOrg } from '../emulated-org.js'
import { byHand, msal, oktaSdk, openidClient, ours, type Peer } from '../peers/peers.js'
import type { Row } from '../row.js'

const child = fileURLToPath(new URL('../first-token-child.js', import.meta.url))

/** What a short-lived job waits for: Node, the library, everything that it loads late, and the token. */
export const coldFirstToken: Row = {
  name: 'A whole process that gets one token by key',
  ours: ours.what,
  reference: byHand.what,
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
    return {
      ours: runBy(ours),
      reference: runBy(byHand),
      others: [openidClient, msal, oktaSdk].map(peer => ({ what: peer.what, run: runBy(peer) })),
      close,
    }
  },
}
