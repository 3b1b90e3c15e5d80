import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterEach, beforeEach } from 'vitest'
import type { ManagedKeys } from '../../src/keys/managed/managed-keys.js'
import type { Notify } from '../../src/notice.js'
import { openManagedKeys } from '../../src/oauth/managed-keys/open-managed-keys.js'
import { type ManagedKeyStore, openManagedKeyStore } from '../../src/stores/managed-keys/managed-key-store.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { startServer } from '../support/fake-broker.test.support.js'
import { useTestHome } from '../support/test-home.test.support.js'

export const hourMs = 60 * 60_000
export const dayMs = 24 * hourMs
export const storeKey = Buffer.alloc(32, 9)
export const variables = { CONNECT_OKTA_STORE_KEY: storeKey.toString('base64') }

/** Starts an org whose app fetches its keys from a URL, with a clock that the test moves. Use the result only inside tests. */
export function useManagedKeys() {
  const home = useTestHome()
  let okta: OktaEmulator
  let server: { url: string; stop(): Promise<void> }
  let now: number
  let elapsedMs = 0
  beforeEach(async () => {
    now = Date.now()
    server = await startServer(async (_request, response) => {
      const jwks = JSON.stringify(await shared.published())
      response.writeHead(200, { 'content-type': 'application/json' }).end(jwks)
    })
    okta = await startOktaEmulator({
      clock: { fixedAt: new Date(now) },
      jwksCache: { maxAgeSeconds: 3600 },
      clients: [{ kind: 'service', jwksUri: `${server.url}/jwks.json` }],
    })
  })
  afterEach(async () => {
    await okta.close()
    await server.stop()
  })
  const folder = () => join(home.path, 'state', 'managed-keys')
  const shared = {
    home,
    folder,
    /** Returns what the URL of the keys serves. */
    published: async (): Promise<unknown> => ({ keys: [] }),
    get okta() {
      return okta
    },
    get now() {
      return now
    },
    openStore: (more: Record<string, string> = variables): ManagedKeyStore =>
      openManagedKeyStore('auto', { environment: home.environment(more) }),
    /** Opens the keys, with a clock that is this much ahead, and publishes them. */
    open(store: ManagedKeyStore = shared.openStore(), notify: Notify = () => {}, aheadMs = 0): ManagedKeys {
      const clock = { now: () => now + aheadMs, monotonicNow: () => elapsedMs, notify }
      const keys = openManagedKeys({ name: 'users', store, type: 'P-256' }, clock)
      shared.published = () => keys.jwks()
      return keys
    },
    options: (managedKeys: ManagedKeys) => ({
      tenant: okta.orgUrl.origin,
      clientId: okta.client('service').clientId,
      scopes: ['okta.users.read'],
      managedKeys,
    }),
    deps: () => ({ store: createMemoryStore(), now: () => now }),
    pass(ms: number): void {
      now += ms
      elapsedMs += ms
      okta.advanceClock(ms)
    },
    /** The error, or `ok`, of each token request. */
    outcomes: () => okta.requests.filter(({ path }) => path.endsWith('/token')).map(({ error }) => error ?? 'ok'),
    recordPath: async (): Promise<string> =>
      join(folder(), (await readdir(folder())).find(name => name.endsWith('.json')) ?? ''),
  }
  return shared
}
