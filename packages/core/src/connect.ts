import type { ConnectOptions } from './config/connect-options.js'
import { parseOptions } from './config/parse-options.js'
import { type Deps, withDefaults } from './deps.js'
import { connectByApiToken, isApiTokenOptions } from './session/api-token.js'
import { makeCurrent } from './session/logins.js'
import type { OktaSession } from './session/okta-session.js'
import { factsOf, LiveSession } from './session/session.js'
import { TokenSource } from './session/token-source.js'

/**
 * Gets an access token for Okta APIs, and a session that keeps one at hand: from the store if there is a good one,
 * else by the grant that the options name. The login becomes the current one of the store.
 *
 * @returns a session with a good token in hand.
 * @throws {@link OktaConnectError} any code of the catalogue; `hint` says what to do.
 * @see https://developer.okta.com/docs/guides/implement-oauth-for-okta/
 * @example
 * // A program with a key. Without `jsonWebKey`, a person signs in, in the browser.
 * const session = await connect({
 *   tenant: 'example.okta.com',
 *   clientId: '0oa1a2b3c4d5e6f7g8h9',
 *   scopes: ['okta.users.read'],
 *   jsonWebKey: await readFile('key.json', 'utf8'),
 * })
 * const users = await (await session.fetch('/api/v1/users')).json()
 */
export async function connect(options: ConnectOptions, deps?: Partial<Deps>): Promise<OktaSession> {
  const world = withDefaults(deps)
  if (isApiTokenOptions(options)) return await connectByApiToken(options, world)

  const { connection, ...login } = await parseOptions(options)
  const tokens = new TokenSource(connection, world)
  await tokens.logIn(login)
  await makeCurrent(tokens.recordKey, world.store)
  return new LiveSession(factsOf(connection), tokens, world)
}
