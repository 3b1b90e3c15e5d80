import { randomBytes } from 'node:crypto'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { vi } from 'vitest'
import { basic, digestFor, startBroker, type TestBroker } from '../../support/broker.test.support.js'

export const hourMs = 3_600_000

/** Brokers that share a Redis and a managed key, and an org that fetches its public half from the first one. */
export interface Rotation extends AsyncDisposable {
  readonly okta: OktaEmulator
  /** What clients and Okta have seen so far. */
  readonly seen: {
    /** The statuses of the token requests of clients, with their number. */
    readonly statuses: Map<number, number>
    /** The hour in which each key was first published, and in which Okta first accepted it, by `kid`. */
    readonly published: Map<string, number>
    readonly accepted: Map<string, number>
    /** The number of times that Okta rejected a `kid`. */
    kidErrors: number
  }
  /** Lets hours pass. In each hour, a client of each broker that runs requests a token. */
  pass(hours: number): Promise<void>
  stop(index: number): Promise<void>
  start(index: number): Promise<void>
}

/** Starts a {@link Rotation}. */
export async function startRotation(redisUrl: string, processes: number): Promise<Rotation> {
  // The key that seals the records in the Redis.
  vi.stubEnv('CONNECT_OKTA_STORE_KEY', randomBytes(32).toString('base64'))
  const ports: number[] = []
  while (ports.length < processes) ports.push(await freePort())
  const jwksUri = `http://127.0.0.1:${ports[0]}/connections/users/jwks.json`
  const okta = await startOktaEmulator({ clients: [{ kind: 'service', jwksUri }] })
  const { clientId } = okta.client('service')
  const managed = { rotateEvery: '30d', publishBefore: '24h' }
  const config = {
    store: redisUrl,
    connections: { users: { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], key: { managed } } },
    clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
  }
  const brokers: (TestBroker | undefined)[] = []
  const seen: Rotation['seen'] = { statuses: new Map(), published: new Map(), accepted: new Map(), kidErrors: 0 }
  let hour = 0

  async function watch({ url }: TestBroker): Promise<void> {
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const headers = { authorization: basic('payroll') }
    const { status } = await fetch(`${url}/oauth2/token`, { method: 'POST', headers, body })
    seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1)
    const jwks = (await (await fetch(`${url}/connections/users/jwks.json`)).json()) as { keys: { kid: string }[] }
    for (const { kid } of jwks.keys) if (!seen.published.has(kid)) seen.published.set(kid, hour)
    const ready = (await (await fetch(`${url}/readyz`)).json()) as { keys: { kid: string; accepted: boolean | null }[] }
    for (const { kid, accepted } of ready.keys) {
      if (accepted === true && !seen.accepted.has(kid)) seen.accepted.set(kid, hour)
    }
    seen.kidErrors += okta.requests.filter(({ path, status }) => path.endsWith('/token') && status === 401).length
    okta.clearRequests()
  }

  const rotation: Rotation = {
    okta,
    seen,
    async pass(hours) {
      for (let passed = 0; passed < hours; passed++) {
        for (const broker of brokers) if (broker !== undefined) await watch(broker)
        hour += 1
        okta.advanceClock(hourMs)
        for (const broker of brokers) broker?.advance(hourMs)
      }
    },
    async stop(index) {
      await brokers[index]?.stop()
      brokers[index] = undefined
    },
    async start(index) {
      brokers[index] = await startBroker(config, { port: ports[index] ?? 0, aheadMs: hour * hourMs })
    },
    async [Symbol.asyncDispose]() {
      for (const broker of brokers) await broker?.stop()
      await okta.close()
      vi.unstubAllEnvs()
    },
  }
  for (let index = 0; index < processes; index++) await rotation.start(index)
  return rotation
}
