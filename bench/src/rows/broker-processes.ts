import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { freePort } from '@connect-okta/emulator'
import { startEmulatorProcess } from '../emulator-process.js'
import { startBrokerProcess } from '../load/broker-process.js'
import { startLoadProcess } from '../load/load-process.js'
import { startNginx } from '../nginx.js'
import { startRedis } from '../redis-server.js'
import type { Row } from '../row.js'

const amount = 8_000
const processes = 4
const cores = availableParallelism()
const body = 'grant_type=client_credentials&scope=okta.users.read'

/**
 * The throughput of four processes behind nginx, compared with one. The budget requires a core for each process, and more for nginx,
 * Redis and the load.
 */
export const brokerProcesses: Row = {
  name: `Broker: cached tokens, ${processes} processes behind nginx on one Redis, ${cores} cores`,
  ours: `${processes} processes behind nginx`,
  reference: 'one process',
  ...(cores >= 2 * processes && { budget: 3.2 }),
  better: 'more',
  unit: 'k/s',
  pairs: 10,
  isLong: true,
  needs: ['redis-server', 'nginx'],
  async prepare() {
    const emulator = await startEmulatorProcess()
    const redis = await startRedis()
    const port = await freePort()
    const options = {
      store: redis.url,
      secret: randomBytes(32).toString('base64url'),
      env: { CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') },
      settings: { issuer: `http://127.0.0.1:${port}`, behindProxy: ['127.0.0.1'] },
    }
    const nodes = await Promise.all(Array.from({ length: processes }, () => startBrokerProcess(emulator, options)))
    const nginx = await startNginx(
      port,
      nodes.map(({ url }) => new URL(url).host),
    )
    const [one] = nodes
    const authorization = one?.authorizations[0] ?? ''
    const load = startLoadProcess()
    const job = async (origin: string) => {
      const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
      const request = { url: `${origin}/oauth2/token`, method: 'POST' as const, headers, body }
      const start = performance.now()
      const { p99Ms } = await load.run({ ...request, connections: 16 * processes, amount })
      return { amount: amount / (performance.now() - start), p99Ms }
    }
    const ours = () => job(nginx.url)
    const reference = () => job(one?.url ?? '')
    // Runs until the code of each process is compiled by the optimizing compiler.
    for (const side of [ours, ours, ours, ours, reference]) await side()
    return {
      ours,
      reference,
      async close() {
        await load.close()
        await nginx.stop()
        await Promise.all(nodes.map(node => node.close()))
        await redis.stop()
        await emulator.close()
      },
    }
  },
}
