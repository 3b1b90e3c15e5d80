import type { Connection } from '../config/connection.js'
import type { Deps } from '../deps.js'
import type { OktaSession } from './okta-session.js'
import { DefaultOktaSession } from './session.js'
import type { TokenSource } from './tokens/token-source.js'

/** The session of a connection. The code for brokers is loaded when it is needed. */
export async function sessionOf(connection: Connection, tokens: TokenSource, deps: Deps): Promise<OktaSession> {
  const { orgUrl, broker, login, grant, clock } = connection
  if (broker !== undefined) {
    return new (await import('./broker/broker-session.js')).BrokerSession(connection, tokens, deps)
  }
  const { clientId, scopes, authorizationServer } = login
  return new DefaultOktaSession({ orgUrl, clientId, authorizationServer, scopes, grant, clock }, tokens, deps)
}
