import type { ClientConfig, OktaEmulator } from '@connect-okta/emulator'
import { startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { CommonOptions } from '../../src/config/connect-options.js'
import type { Deps, Notice } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'

/** An org with one service app, the options that connect to it, and a store of its own. */
export interface ServiceOrg extends AsyncDisposable {
  readonly okta: OktaEmulator
  readonly options: CommonOptions
  readonly deps: Pick<Deps, 'store' | 'notify'>
  readonly notices: readonly Notice[]
  /** What was sent to the token endpoint: the answers' errors, or their status. */
  tokenAnswers(): readonly (string | number)[]
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
    tokenAnswers: () =>
      okta.requests.filter(({ path }) => path.endsWith('/token')).map(({ error, status }) => error ?? status),
    [Symbol.asyncDispose]: () => okta.close(),
  }
}

/** An org with three service apps, a store and an ear, anew for each test of a file. */
export interface ServiceSetting {
  readonly okta: OktaEmulator
  readonly deps: Pick<Deps, 'store' | 'notify'>
  /** The options of an app: the second one demands DPoP, the third has one scope alone. */
  serviceApp(index?: number): CommonOptions & { readonly jsonWebKey: object }
}

/** Has every test of a file begin in a {@link ServiceSetting}, which `use` hears. What is told goes into `notices`. */
export function inServiceOrg(notices: Notice[], use: (setting: ServiceSetting) => void): void {
  let okta: OktaEmulator
  beforeAll(async () => {
    okta = await startOktaEmulator({
      clients: [{ kind: 'service' }, { kind: 'service', dpop: true }, { kind: 'service', scopes: ['okta.users.read'] }],
    })
  })
  afterAll(() => okta.close())
  beforeEach(() => {
    okta.clearRequests()
    notices.length = 0
    use({
      okta,
      deps: { store: createMemoryStore(), notify: notice => notices.push(notice) },
      serviceApp(index = 0) {
        const { clientId, jwk } = okta.clients[index] ?? {}
        if (clientId === undefined || jwk === undefined) throw new Error('the emulator has no such app')
        return { tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk, scopes: ['okta.users.read'] }
      },
    })
  })
}
