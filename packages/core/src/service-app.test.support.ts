import type { ClientConfig, OktaEmulator } from '@connect-okta/emulator'
import { startOktaEmulator } from '@connect-okta/emulator'
import { type CommonOptions, createMemoryStore, type Deps, type Notice } from './index.js'

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
