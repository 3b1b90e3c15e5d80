import { randomBytes } from 'node:crypto'
import { oktaScopes } from '@connect-okta/core/profiles'
import { startEmulatorProcess } from '../emulator-process.js'
import { startBrokerProcess } from '../load/broker-process.js'
import { startLoadProcess } from '../load/load-process.js'
import { startRedis } from '../redis-server.js'
import type { Row } from '../row.js'

const requestCount = 1_000
// Each set of scopes has a separate token, so each job requests another set. A client of the broker can request ten sets, one of which
// is that of the reference.
const setsOfAClient = 9
const clients = 6
const others = oktaScopes.filter(scope => scope !== 'okta.users.read').slice(0, clients * setsOfAClient)

/** A thousand requests at once when the token has expired: the broker sends one request to Okta for all of them. */
export const brokerHerd: Row = rowFor(1)

/** The same with four processes that share a Redis. */
export const brokerHerdOnRedis: Row = rowFor(4)

function rowFor(processes: number): Row {
  const place = processes === 1 ? 'one process' : `${processes} processes on one Redis`
  return {
    name: `Broker: ${requestCount.toLocaleString('en')} requests at once, ${place}`,
    ours: 'no cached token: one request to Okta',
    reference: 'with a cached token',
    budget: 3,
    pairs: 10,
    isLong: processes > 1,
    ...(processes > 1 && { needs: 'redis-server' }),
    async prepare() {
      const emulator = await startEmulatorProcess()
      const redis = processes === 1 ? undefined : await startRedis()
      const env = { CONNECT_OKTA_STORE_KEY: randomBytes(32).toString('base64') }
      const options = { scopes: ['okta.users.read', ...others], clients, env, ...(redis && { store: redis.url }) }
      const nodes = await Promise.all(Array.from({ length: processes }, () => startBrokerProcess(emulator, options)))
      const loads = nodes.map(startLoadProcess)
      let used = 0
      const log = `${emulator.orgUrl}/_emulator/requests`

      async function requestAtOnce(scope: string, expected: number, client = 0) {
        await fetch(log, { method: 'DELETE' })
        const connections = requestCount / processes
        await Promise.all(
          nodes.map(async ({ url, authorizations }, index) => {
            const authorization = authorizations[client] ?? ''
            const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
            const body = new URLSearchParams({ grant_type: 'client_credentials', scope }).toString()
            const load = { url: `${url}/oauth2/token`, method: 'POST' as const, headers, body }
            return await loads[index]?.run({ ...load, connections, amount: connections })
          }),
        )
        const upstream = (await (await fetch(log)).json()) as readonly { readonly path: string }[]
        const requests = upstream.filter(({ path }) => path.endsWith('/token')).length
        if (requests !== expected) throw new Error(`${requests} requests to Okta instead of ${expected}`)
        return { requests }
      }

      await requestAtOnce('okta.users.read', 1)
      return {
        async ours() {
          const number = used++
          return await requestAtOnce(`okta.users.read ${others[number]}`, 1, Math.floor(number / setsOfAClient))
        },
        reference: async () => void (await requestAtOnce('okta.users.read', 0)) as undefined,
        async close() {
          await Promise.all([...loads, ...nodes].map(one => one.close()))
          await redis?.stop()
          await emulator.close()
        },
      }
    },
  }
}
