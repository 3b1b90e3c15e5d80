import type { ClientConfig, OktaEmulator } from '@connect-okta/emulator'
import { startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { CommonOptions } from '../../src/config/connect-options.js'
import type { Deps, Notice } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import type { TokenStore } from '../../src/stores/token-store.js'

/** An org with one service app, the options to connect to it, and dependencies with a store of its own. */
export interface ServiceOrg extends AsyncDisposable {
  readonly okta: OktaEmulator
  readonly options: CommonOptions
  readonly deps: Pick<Deps, 'store' | 'notify'>
  readonly notices: readonly Notice[]
  /** The error code or the status of each response of the token endpoint. */
  tokenResponses(): readonly (string | number)[]
}

/** Starts a {@link ServiceOrg}. */
export async function startServiceOrg(app: Omit<ClientConfig, 'kind'> = {}): Promise<ServiceOrg> {
  const okta = await startOktaEmulator({ clients: [{ kind: 'service', ...app }] })
  const { clientId, jwk } = okta.client('service')
  const notices: Notice[] = []
  return {
    okta,
    options: {
      tenant: okta.orgUrl.origin,
      clientId,
      scopes: ['okta.users.read'],
      ...(jwk !== undefined && { jsonWebKey: jwk }),
    },
    deps: { store: createMemoryStore(), notify: notice => void notices.push(notice) },
    notices,
    tokenResponses: () =>
      okta.requests.filter(({ path }) => path.endsWith('/token')).map(({ error, status }) => error ?? status),
    [Symbol.asyncDispose]: () => okta.close(),
  }
}

export type ServiceAppOptions = CommonOptions & { readonly jsonWebKey: object }

/** Returns the options to connect as a service app. Default: the first service app of the org. */
export function serviceAppOptions(
  okta: OktaEmulator,
  app = okta.clients.find(({ kind }) => kind === 'service'),
): ServiceAppOptions {
  if (app?.jwk === undefined) throw new Error('the emulator has no such app with a private key')
  return { tenant: okta.orgUrl.origin, clientId: app.clientId, jsonWebKey: app.jwk, scopes: ['okta.users.read'] }
}

/** An org that the tests of a file share. Each test starts with an empty store and without recorded requests. */
export interface SharedServiceOrg {
  readonly okta: OktaEmulator
  readonly deps: Pick<Deps, 'store' | 'notify'>
  /** The notices of the current test. */
  readonly notices: readonly Notice[]
  /** The options of a service app. The second app (1) requires DPoP, the third (2) has only one scope. */
  app(index?: number): ServiceAppOptions
}

/** Starts a {@link SharedServiceOrg} for the tests of a file. Use it only inside tests. */
export function useServiceOrg(): SharedServiceOrg {
  let okta: OktaEmulator
  let store: TokenStore
  const notices: Notice[] = []
  beforeAll(async () => {
    okta = await startOktaEmulator({
      clients: [{ kind: 'service' }, { kind: 'service', dpop: true }, { kind: 'service', scopes: ['okta.users.read'] }],
    })
  })
  afterAll(() => okta.close())
  beforeEach(() => {
    okta.clearRequests()
    notices.length = 0
    store = createMemoryStore()
  })
  return {
    get okta() {
      return okta
    },
    get deps() {
      return { store, notify: (notice: Notice) => void notices.push(notice) }
    },
    notices,
    app: (index = 0) => serviceAppOptions(okta, okta.clients[index]),
  }
}
