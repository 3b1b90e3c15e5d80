import { type Broker, brokerEndpoints } from './config/broker.js'
import type { ResumeOptions } from './config/connect-options.js'
import type { ClientAuthentication, Connection, Selection } from './config/connection.js'
import { parseSelection } from './config/parse-options.js'
import { endpointsOf } from './config/tenant.js'
import { type Deps, withDefaults } from './deps.js'
import { OktaConnectError } from './errors.js'
import { ServerClock } from './http/server-clock.js'
import { quoted } from './safe-text.js'
import { findLogin, listLogins } from './session/logins.js'
import type { OktaSession } from './session/okta-session.js'
import { sessionOf } from './session/session-of.js'
import { TokenSource } from './session/tokens/token-source.js'
import type { TokenRecord } from './stores/token-record.js'

/**
 * Opens a session for a stored sign-in: the current one if it matches, otherwise the latest one that matches. It sends no request.
 * The session renews an expired token when you call `token`. It never asks a user to sign in.
 *
 * @throws {@link OktaConnectError} `login_required` if no stored sign-in matches, `options_invalid`,
 * `private_key_invalid`, `store_failed`. Later, from the session: `key_required` if the renewal requires the client key, which
 * is never stored, and the errors of {@link connect}
 * @example
 * const session = await resume({ tenant: 'example.okta.com' }, { store: openStore('auto') })
 */
export async function resume(options: ResumeOptions = {}, deps?: Partial<Deps>): Promise<OktaSession> {
  const selection = await parseSelection(options)
  const session = await sessionFor(selection, withDefaults(deps))
  if (session !== undefined) return session
  const hasOthers = (await listLogins(deps)).length > 0
  const selected = described(selection)
  const message = selected === '' && !hasOthers ? 'You are not signed in.' : `No saved sign-in matches${selected}.`
  throw new OktaConnectError('login_required', message, {
    hint: 'Sign in first.',
    remedy: { id: 'sign_in', ...(hasOthers && { hasOthers }) },
  })
}

/**
 * The same as {@link resume}, but returns `undefined` instead of throwing an error if no stored sign-in matches.
 *
 * @returns `undefined` if no stored sign-in matches.
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`, `store_failed`
 * @example
 * const session = (await findSession({ tenant, clientId }, { store })) ?? (await connect(options, { store }))
 */
export async function findSession(options: ResumeOptions = {}, deps?: Partial<Deps>): Promise<OktaSession | undefined> {
  return await sessionFor(await parseSelection(options), withDefaults(deps))
}

async function sessionFor(selection: Selection, deps: Deps): Promise<OktaSession | undefined> {
  const record = await findLogin(selection, deps.store)
  if (record === undefined) return undefined
  const connection = connectionOf(record, selection)
  return await sessionOf(connection, new TokenSource(connection, deps, record), deps)
}

function connectionOf(record: TokenRecord, selection: Selection): Connection {
  const { login, grant } = record
  const { accept, dpop, requestTimeoutMs } = selection
  const orgUrl = new URL(login.orgUrl)
  const broker = login.broker === undefined ? undefined : brokerIn(login, login.broker, selection)
  return {
    orgUrl,
    broker,
    endpoints: broker === undefined ? endpointsOf(orgUrl, login.authorizationServer) : brokerEndpoints(broker.url),
    login,
    grant,
    // A user is never asked to sign in.
    grantRequest: { type: login.identity.type === 'app' ? 'client_credentials' : 'none' },
    authentication: authenticationFor(record, selection),
    accept,
    dpop: broker === undefined ? dpop : 'never',
    requestTimeoutMs,
    clock: new ServerClock(broker && 'the broker'),
  }
}

// A selection by its org stays with that org.
function brokerIn({ connection }: TokenRecord['login'], url: string, { orgUrl }: Selection): Broker {
  return { url: new URL(url), connection, orgUrl }
}

function authenticationFor(
  { login: { identity }, needsCredential }: TokenRecord,
  { credential }: Selection,
): ClientAuthentication {
  // A public client that authenticates is rejected.
  if (!needsCredential) return { method: 'none' }
  // The key of another app is not used.
  const isOwn = identity.type === 'user' || identity.keyThumbprint === credential?.thumbprint
  return isOwn && credential !== undefined ? credential.authentication : { method: 'unavailable' }
}

function described({
  orgUrl,
  broker,
  connection,
  clientId,
  scopes,
  authorizationServer,
  credential,
}: Selection): string {
  const parts = [
    orgUrl && `the org ${orgUrl.host}`,
    broker && `the broker ${broker}`,
    connection && `the connection ${quoted(connection)}`,
    authorizationServer && `the authorization server ${quoted(authorizationServer)}`,
    clientId && `the client ${quoted(clientId)}`,
    scopes && `the scopes ${scopes.map(quoted).join(' ')}`,
    credential && `the given ${credential.authentication.method === 'client_secret_post' ? 'secret' : 'key'}`,
  ].filter(Boolean)
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}
