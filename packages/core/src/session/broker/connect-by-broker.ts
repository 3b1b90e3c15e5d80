import type { BrokerOptions } from '../../config/connect-options.js'
import { parseBrokerOptions } from '../../config/parse-broker-options.js'
import type { Deps } from '../../deps.js'
import { orgUrlNamedBy, TokenWithheld } from '../../oauth/broker/token-withheld.js'
import { makeCurrent } from '../logins.js'
import type { OktaSession } from '../okta-session.js'
import { TokenSource } from '../tokens/token-source.js'
import { BrokerSession } from './broker-session.js'

/**
 * Connects to a broker. If the token does not leave it, the session sends its requests through the broker.
 *
 * @throws {@link OktaConnectError} as {@link connect}
 */
export async function connectByBroker(options: BrokerOptions, deps: Deps): Promise<OktaSession> {
  const { connection, ...login } = await parseBrokerOptions(options)
  const tokens = new TokenSource(connection, deps)
  const session = new BrokerSession(connection, tokens, deps)
  try {
    const { record } = await tokens.logIn(login)
    if (connection.broker !== undefined) orgUrlNamedBy(connection.broker, record.login.orgUrl)
    await makeCurrent(tokens.recordKey, deps.store)
  } catch (error) {
    if (!(error instanceof TokenWithheld)) throw error
    session.forwardThrough(error)
  }
  return session
}
