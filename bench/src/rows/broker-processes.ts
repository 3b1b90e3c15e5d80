import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { freePort } from '@connect-okta/emulator'
import { startEmulatorProcess } from '../emulator-process.js'
import { type BrokerProcess, startBrokerProcess } from '../load/broker-process.js'
import { startLoadProcess } from '../load/load-process.js'
import { startNginx } from '../nginx.js'
import { startRedis } from '../redis-server.js'
import type { Comparison, Row } from '../row.js'

const amount = 8_000
const processes = 4
const cores = availableParallelism()
const place = `${processes} processes behind nginx on one Redis`
const body = 'grant_type=client_credentials&scope=okta.users.read'

/**
 * The throughput of four processes behind nginx, compared with one. The budget requires a core for each process, and more for nginx,
 * Redis and the load.
 */
export const brokerProcesses: Row = {
  name: `Broker: cached tokens, ${place}, ${cores} cores`,
  ours: `${processes} processes behind nginx`,
  reference: 'one process',
  ...(cores >= 2 * processes && { budget: 3.2 }),
  better: 'more',
  unit: 'k/s',
  pairs: 10,
  isLong: true,
  needs: ['redis-server', 'nginx'],
  prepare: () =>
    compare({ isReferenceBehindNginx: false }, async (_nodes, send) => {
      const start = performance.now()
      const { p99Ms } = await send()
      return { amount: amount / (performance.now() - start), p99Ms }
    }),
}

/**
 * The processor time of a request in the brokers. If it does not grow with the number of processes, four processes with a core each
 * have four times the throughput of one: this can be measured with fewer cores.
 */
export const brokerProcessorTime: Row = {
  name: `Broker: processor time of a cached token, ${place}`,
  ours: `${processes} processes`,
  reference: 'one process, also behind nginx',
  // Then the throughput of four processes is 3.2 times that of one.
  budget: 1.25,
  unit: 'µs',
  pairs: 10,
  isLong: true,
  needs: ['redis-server', 'nginx'],
  prepare: () =>
    compare({ isReferenceBehindNginx: true }, async (nodes, send) => {
      const total = async () =>
        (await Promise.all(nodes.map(node => node.processorMs()))).reduce((sum, one) => sum + one)
      const before = await total()
      const { p99Ms } = await send()
      return { amount: (((await total()) - before) / amount) * 1000, p99Ms }
    }),
}

type Measure = (
  nodes: readonly BrokerProcess[],
  send: () => Promise<{ p99Ms: number }>,
) => Promise<{ amount: number; p99Ms: number }>

/** Sends the same requests to all processes through nginx, and to one. */
async function compare(
  { isReferenceBehindNginx }: { readonly isReferenceBehindNginx: boolean },
  measure: Measure,
): Promise<Comparison> {
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
  const one = nodes.slice(0, 1)
  const hostsOf = (some: readonly BrokerProcess[]) => some.map(({ url }) => new URL(url).host)
  const nginx = await startNginx(port, hostsOf(nodes))
  const nginxOfOne = await startNginx(await freePort(), hostsOf(one))
  const originOfOne = isReferenceBehindNginx ? nginxOfOne.url : one[0]?.url
  const authorization = one[0]?.authorizations[0] ?? ''
  const load = startLoadProcess()
  const send = (origin = '') => {
    // The host of the issuer, as if the origin were in front of the process.
    const headers = { authorization, host: `127.0.0.1:${port}`, 'content-type': 'application/x-www-form-urlencoded' }
    const request = { url: `${origin}/oauth2/token`, method: 'POST' as const, headers, body }
    return load.run({ ...request, connections: 16 * processes, amount })
  }
  const ours = () => measure(nodes, () => send(nginx.url))
  const reference = () => measure(one, () => send(originOfOne))
  // Runs until the code of each process is compiled by the optimizing compiler.
  for (const side of [ours, ours, ours, ours, reference]) await side()
  return {
    ours,
    reference,
    async close() {
      await load.close()
      await nginx.stop()
      await nginxOfOne.stop()
      await Promise.all(nodes.map(node => node.close()))
      await redis.stop()
      await emulator.close()
    },
  }
}
