import { checkOptions } from './config/check-options.js'
import type { ConnectOptions } from './config/connect-options.js'
import { isBrokerOptions } from './config/parse-broker-options.js'
import { parseOptions } from './config/parse-options.js'
import { type Deps, withDefaults } from './deps.js'
import type { OktaSession } from './session/okta-session.js'
import { sessionOf } from './session/session-of.js'
import { isAccessTokenOptions, openByAccessToken } from './session/static-tokens/access-token.js'
import { isApiTokenOptions, openByApiToken } from './session/static-tokens/api-token.js'
import { TokenSource } from './session/tokens/token-source.js'

/**
 * Opens a session that gets its first token when you call `token`, for example in a server that starts before it needs one. It never
 * asks a user to sign in: it gets tokens from the store, by refresh, or with the key or secret of the client. A user must
 * sign in with another program first.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`. Later, from the session: `login_required`
 * until a user has signed in, and the errors of {@link connect}
 * @example
 * const session = await openSession({ tenant, clientId, jsonWebKey }, { store: openStore('auto') })
 * server.on('request', async () => use(await session.token()))
 */
export async function openSession(options: ConnectOptions, deps?: Partial<Deps>): Promise<OktaSession> {
  checkOptions(options)
  const allDeps = withDefaults(deps)
  if (isBrokerOptions(options)) {
    const { openBroker } = await import('./session/broker/connect-to-broker.js')
    return await openBroker(options, allDeps)
  }
  if (isAccessTokenOptions(options)) return await openByAccessToken(options, allDeps)
  if (isApiTokenOptions(options)) return openByApiToken(options, allDeps)

  const { connection } = await parseOptions(options)
  const { grantRequest } = connection
  const withoutUser = grantRequest.type === 'client_credentials' ? grantRequest : ({ type: 'none' } as const)
  return await sessionOf(connection, new TokenSource({ ...connection, grantRequest: withoutUser }, allDeps), allDeps)
}
