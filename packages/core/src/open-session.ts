import type { ConnectOptions } from './config/connect-options.js'
import { parseOptions } from './config/parse-options.js'
import { type Deps, withDefaults } from './deps.js'
import { isApiTokenOptions, openByApiToken } from './session/api-token.js'
import type { OktaSession } from './session/okta-session.js'
import { factsOf, LiveSession } from './session/session.js'
import { TokenSource } from './session/token-source.js'

/**
 * Opens a session without a login to begin with, for a server that starts before it is asked for tokens. Sends nothing
 * and asks nobody, then and later: a token comes from the store, by refresh, or with the client's key or secret. A person
 * has to sign in elsewhere first.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`. Later, from the session: `login_required` as
 * long as nobody has signed in; else what {@link connect} throws.
 * @example
 * const session = await openSession({ tenant, clientId, jsonWebKey }, { store: openStore('auto') })
 * server.on('request', async () => use(await session.token()))
 */
export async function openSession(options: ConnectOptions, deps?: Partial<Deps>): Promise<OktaSession> {
  const world = withDefaults(deps)
  if (isApiTokenOptions(options)) return openByApiToken(options, world)

  const { connection } = await parseOptions(options)
  const { runnable } = connection
  const asksNobody = runnable.type === 'client_credentials' ? runnable : ({ type: 'none' } as const)
  return new LiveSession(factsOf(connection), new TokenSource({ ...connection, runnable: asksNobody }, world), world)
}
