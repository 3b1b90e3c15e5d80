import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startEmulatorProcess } from '../emulator-process.js'
import { startBrokerProcess } from '../load/broker-process.js'
import { startLoadProcess } from '../load/load-process.js'
import type { Row } from '../row.js'

const amount = 4_000
const body = 'grant_type=client_credentials&scope=okta.users.read'

/** The overhead of the broker over plain HTTP, for a cached token. */
export const brokerCachedToken: Row = {
  name: `Broker: ${amount.toLocaleString('en')} cached tokens, 20 at a time`,
  ours: 'the broker, audit and metrics on',
  reference: 'bare Hono: same request, same response',
  // At least 0.6 of its throughput.
  budget: 1.67,
  pairs: 10,
  async prepare() {
    const emulator = await startEmulatorProcess()
    const broker = await startBrokerProcess(emulator)
    const [authorization = ''] = broker.authorizations
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const first = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
    const bare = fork(fileURLToPath(new URL('../load/bare-server.js', import.meta.url)))
    bare.send((await first.json()) as object)
    const [{ port }] = (await once(bare, 'message')) as [{ port: number }]
    const load = startLoadProcess()
    const job = async (origin: string) => {
      const url = `${origin}/oauth2/token`
      const { p99Ms } = await load.run({ url, method: 'POST', headers, body, connections: 20, amount })
      return { p99Ms }
    }
    // Runs until the code is compiled by the optimizing compiler.
    for (const _round of [1, 2]) {
      await job(broker.url)
      await job(`http://127.0.0.1:${port}`)
    }
    return {
      ours: () => job(broker.url),
      reference: () => job(`http://127.0.0.1:${port}`),
      async close() {
        bare.kill()
        await load.close()
        await broker.close()
        await emulator.close()
      },
    }
  },
}
