import type { ResumeOptions } from './config/connect-options.js'
import type { ClientAuthentication, Connection, Selection } from './config/connection.js'
import { authenticationBy, parseSelection } from './config/parse-options.js'
import { endpointsOf } from './config/tenant.js'
import { type Deps, withDefaults } from './deps.js'
import { OktaConnectError } from './errors.js'
import { ServerClock } from './http/server-clock.js'
import { quoted } from './safe-text.js'
import { findLogin } from './session/logins.js'
import type { OktaSession } from './session/okta-session.js'
import { factsOf, LiveSession } from './session/session.js'
import { TokenSource } from './session/token-source.js'
import type { TokenRecord } from './stores/token-record.js'

/**
 * Goes on with a login that is in the store, without asking anybody: the current one if it fits, else the latest that
 * does. Sends nothing; a token that has run out is renewed when it is asked for.
 *
 * @throws {@link OktaConnectError} `login_required` when no stored login fits, `options_invalid`, `private_key_invalid`,
 * `store_failed`. Later, from the session: `key_required` when renewal needs the client key, which no store keeps.
 * @example
 * const session = await resume({ tenant: 'example.okta.com' }, { store: openStore('auto') })
 */
export async function resume(options: ResumeOptions = {}, deps?: Partial<Deps>): Promise<OktaSession> {
  const selection = await parseSelection(options)
  const world = withDefaults(deps)
  const found = await findLogin(selection, world.store)
  if (found === undefined) {
    throw new OktaConnectError('login_required', `No login fits${named(selection)}.`, {
      hint: 'Sign in first.',
      remedy: { id: 'sign_in' },
    })
  }
  const connection = connectionOf(found, selection)
  return new LiveSession(factsOf(connection), new TokenSource(connection, world, found.account), world)
}

function connectionOf(
  { login, grant, needsCredential }: TokenRecord,
  { key, clientSecret, accept, dpop, requestTimeoutMs }: Selection,
): Connection {
  const orgUrl = new URL(login.orgUrl)
  const { identity } = login
  const isOwn = identity.type === 'user' || identity.keyThumbprint === key?.thumbprint
  // An app that had to prove nothing is refused if it does: what is at hand belongs to another one.
  const given: ClientAuthentication =
    isOwn && needsCredential ? authenticationBy(key, clientSecret) : { method: 'none' }
  const isApp = identity.type === 'app'
  return {
    orgUrl,
    endpoints: endpointsOf(orgUrl, login.authorizationServer),
    login,
    grant,
    // A person is never asked here.
    runnable: { type: isApp ? 'client_credentials' : 'none' },
    authentication: needsCredential && given.method === 'none' ? { method: 'unavailable' } : given,
    accept,
    dpop,
    requestTimeoutMs,
    clock: new ServerClock(),
  }
}

function named({ orgUrl, clientId, scopes, authorizationServer, key, clientSecret }: Selection): string {
  const parts = [
    orgUrl && `the org ${orgUrl.host}`,
    authorizationServer && `the authorization server ${quoted(authorizationServer)}`,
    clientId && `the client ${quoted(clientId)}`,
    scopes && `the scopes ${scopes.map(quoted).join(' ')}`,
    key && 'the given key',
    clientSecret && 'the given secret',
  ].filter(Boolean)
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}
