import type { Broker } from '../../config/broker.js'
import { isLoopback } from '../../config/tenant.js'
import { type OAuthErrorDetails, OktaConnectError, optionsInvalid } from '../../errors.js'
import { printable } from '../../safe-text.js'

/** A connection of a broker whose tokens do not leave it: they are bound to a key, or do not expire. */
export interface WithheldConnection {
  readonly name: string
  readonly orgUrl: URL
  /** The URL that requests to the org are sent to: `ISSUER/proxy/NAME`. */
  readonly proxy: string
}

/** The error for a connection whose tokens do not leave the broker. It sends requests for its clients. */
export class TokenWithheld extends OktaConnectError {
  readonly connection: WithheldConnection

  private constructor(broker: Broker, oauth: OAuthErrorDetails, connection: WithheldConnection) {
    const name = printable(connection.name)
    super('grant_rejected', `The broker ${broker.url.host} does not return the tokens of the connection ${name}.`, {
      hint: 'Send your requests through the broker instead.',
      oauth,
    })
    this.connection = connection
  }

  /** Returns the error for a response that names the connection and its proxy; `undefined` for any other one. */
  static from(broker: Broker, oauth: OAuthErrorDetails, body: unknown): TokenWithheld | undefined {
    const { connection, org_url, proxy } = Object(body) as Record<string, unknown>
    // The credentials of the client are sent to the proxy.
    if (typeof connection !== 'string' || proxy !== `${broker.url.origin}/proxy/${encodeURIComponent(connection)}`) {
      return undefined
    }
    requireConnection(broker, connection)
    const orgUrl = orgUrlNamedBy(broker, org_url)
    return orgUrl && new TokenWithheld(broker, oauth, { name: connection, orgUrl, proxy })
  }
}

/**
 * The org that a broker names: an origin, to which the token is sent.
 *
 * @throws {@link OktaConnectError} `options_invalid` if it is not the org that the options name
 */
export function orgUrlNamedBy({ url: { host }, orgUrl }: Broker, value: unknown): URL | undefined {
  const named = orgUrlIn(value)
  if (named === undefined || orgUrl === undefined || named.origin === orgUrl.origin) return named
  throw optionsInvalid(
    `The connection of the broker ${host} belongs to ${named.host}, not to ${orgUrl.host}.`,
    'Use another connection, or omit the tenant.',
  )
}

/**
 * Checks that a response is for the connection that was requested.
 *
 * @throws {@link OktaConnectError} `token_response_invalid`
 */
export function requireConnection({ url, connection }: Broker, named: unknown): void {
  if (connection === undefined || named === undefined || named === connection) return
  throw new OktaConnectError(
    'token_response_invalid',
    `The broker ${url.host} responded for the connection ${printable(String(named))}, not for ${connection}.`,
    { hint: 'Check the version of the broker, and whether a proxy changes the requests.' },
  )
}

function orgUrlIn(value: unknown): URL | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const isOrigin = url !== undefined && url.href === `${url.origin}/`
  return isOrigin && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) ? url : undefined
}
