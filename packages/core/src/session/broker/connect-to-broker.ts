import type { BrokerOptions } from '../../config/connect-options.js'
import type { Connection } from '../../config/connection.js'
import { parseBrokerOptions } from '../../config/parse-broker-options.js'
import type { Deps } from '../../deps.js'
import { orgUrlNamedBy, TokenWithheld } from '../../oauth/broker/token-withheld.js'
import { createMemoryStore } from '../../stores/memory-store.js'
import { makeCurrent } from '../logins.js'
import type { OktaSession } from '../okta-session.js'
import { requireStoredOrg } from '../tokens/same-org.js'
import { TokenSource } from '../tokens/token-source.js'
import { BrokerSession } from './broker-session.js'

/**
 * Connects to a broker. If the token does not leave it, the session sends its requests through the broker.
 *
 * @throws {@link OktaConnectError} as {@link connect}
 */
export async function connectToBroker(options: BrokerOptions, deps: Deps): Promise<OktaSession> {
  const { connection, ...login } = await parseBrokerOptions(options)
  const ownDeps = depsFor(connection, deps)
  const tokens = new TokenSource(connection, ownDeps)
  const session = new BrokerSession(connection, tokens, ownDeps)
  try {
    const { record } = await tokens.logIn(login)
    const orgUrl = connection.broker && orgUrlNamedBy(connection.broker, record.login.orgUrl)
    if (orgUrl !== undefined) session.requestFrom(orgUrl)
    await makeCurrent(tokens.recordKey, ownDeps.store)
  } catch (error) {
    if (!(error instanceof TokenWithheld)) throw error
    await requireStoredOrg(tokens.recordKey, error.connection.orgUrl, { ...login, store: ownDeps.store })
    session.forwardThrough(error)
  }
  return session
}

/**
 * Opens a session that connects to the broker when a token is requested or it sends a request.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function openBroker(options: BrokerOptions, deps: Deps): Promise<OktaSession> {
  const { connection } = await parseBrokerOptions(options)
  const ownDeps = depsFor(connection, deps)
  return new BrokerSession(connection, new TokenSource(connection, ownDeps), ownDeps)
}

// On a machine that runs the jobs of several projects, the next job must not get the token of this one.
function depsFor({ authentication }: Connection, deps: Deps): Deps {
  return authentication.method === 'identity_token' ? { ...deps, store: createMemoryStore() } : deps
}
