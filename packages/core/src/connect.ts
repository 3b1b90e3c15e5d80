import { checkOptions } from './config/check-options.js'
import type { ConnectOptions } from './config/connect-options.js'
import { isBrokerOptions } from './config/parse-broker-options.js'
import { parseOptions } from './config/parse-options.js'
import { type Deps, withDefaults } from './deps.js'
import { makeCurrent } from './session/logins.js'
import type { OktaSession } from './session/okta-session.js'
import { sessionOf } from './session/session-of.js'
import { isAccessTokenOptions, openByAccessToken } from './session/static-tokens/access-token.js'
import { connectByApiToken, isApiTokenOptions } from './session/static-tokens/api-token.js'
import { TokenSource } from './session/tokens/token-source.js'

/**
 * Gets an access token for Okta APIs, and returns a session that keeps it valid. The token comes from the store if the store
 * has a valid one, otherwise from the grant in the options. The sign-in becomes the current sign-in of the store.
 *
 * @returns a session that has a valid token. With `accessToken`, the token is not checked.
 * @throws {@link OktaConnectError} with any code of {@link errorCatalog} except `api_failed`. It throws `key_required` only
 * if there is no identity token for a broker. It throws `login_required` only if an `accessToken` has expired, or if a user must sign
 * in at the broker. `hint` describes what to do.
 * @see https://developer.okta.com/docs/guides/implement-oauth-for-okta/
 * @example
 * // A program with a key. Without `jsonWebKey`, a user signs in with the browser.
 * const session = await connect({
 *   tenant: 'example.okta.com',
 *   clientId: '0oa1a2b3c4d5e6f7g8h9',
 *   scopes: ['okta.users.read'],
 *   jsonWebKey: await readFile('key.json', 'utf8'),
 * })
 * const users = await (await session.fetch('/api/v1/users')).json()
 */
export async function connect(options: ConnectOptions, deps?: Partial<Deps>): Promise<OktaSession> {
  checkOptions(options)
  const allDeps = withDefaults(deps)
  if (isBrokerOptions(options)) {
    const { connectToBroker } = await import('./session/broker/connect-to-broker.js')
    return await connectToBroker(options, allDeps)
  }
  if (isAccessTokenOptions(options)) return await openByAccessToken(options, allDeps)
  if (isApiTokenOptions(options)) return await connectByApiToken(options, allDeps)

  const { connection, ...login } = await parseOptions(options)
  const tokens = new TokenSource(connection, allDeps)
  await tokens.logIn(login)
  await makeCurrent(tokens.recordKey, allDeps.store)
  return await sessionOf(connection, tokens, allDeps)
}
