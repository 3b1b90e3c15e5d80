import type { Broker } from '../../config/broker.js'
import type { Connection } from '../../config/connection.js'
import { type ErrorCode, type OAuthErrorDetails, OktaConnectError } from '../../errors.js'
import { printable, quoted } from '../../safe-text.js'
import { withoutSecret } from '../mask-secret.js'
import { TokenWithheld } from './token-withheld.js'

type BrokerConnection = Pick<Connection, 'authentication' | 'login'>
type Advice = readonly [code: ErrorCode, hint: string | ((connection: BrokerConnection) => string)]

/** What the values of `error` mean (RFC 6749 §5.2, RFC 8707 §2). */
const advices: Readonly<Record<string, Advice>> = {
  invalid_client: ['client_rejected', adviceForClient],
  invalid_target: [
    'oauth_failed',
    ({ login }) =>
      login.connection === undefined
        ? 'Specify one of the connections of the client.'
        : `In the configuration of the broker, allow the client ${login.clientId} to use the connection ${login.connection}.`,
  ],
  invalid_scope: [
    'scope_rejected',
    'Allow these scopes for the client in the configuration of the broker, or omit the scopes to request all scopes of the client.',
  ],
  invalid_grant: ['login_required', 'A user must sign in at the broker. See the URL in the message.'],
  unauthorized_client: ['grant_rejected', 'Change the access of the client in the configuration of the broker.'],
  unsupported_grant_type: [
    'grant_rejected',
    'Check the address of the broker: it does not support client credentials.',
  ],
  access_denied: ['client_rejected', 'Check whether a proxy or a page of another site sent the request.'],
  temporarily_unavailable: ['server_failed', 'Try again in a minute. For the reason, see the log of the broker.'],
  server_error: ['server_failed', 'For the reason, see the log of the broker.'],
}

/**
 * Turns an error response of a broker into an error of this package.
 *
 * @param details what the response reports; `undefined` if its body is not an error of OAuth.
 * @param body the parsed body, if it has one.
 */
export function brokerError(
  response: Response,
  broker: Broker,
  connection: BrokerConnection,
  details: OAuthErrorDetails | undefined,
  body: unknown,
): OktaConnectError {
  const { host } = broker.url
  const withheld = details && TokenWithheld.from(broker, details, body)
  if (withheld !== undefined) return withheld
  const oauth = details && { oauth: details }
  const reason = details === undefined ? '' : `: ${[details.error, details.description].filter(Boolean).join(': ')}`
  if (response.status === 429) {
    const hint = `Try again in ${Number(response.headers.get('retry-after')) || 60} s.`
    return new OktaConnectError('rate_limited', `The broker ${host} received too many requests${reason}`, {
      hint,
      ...oauth,
    })
  }
  // The request named the org that it was meant for.
  if (response.status === 409 && details?.error === 'invalid_target') {
    return new OktaConnectError('options_invalid', `The broker ${host} rejected the request${reason}`, {
      hint: 'The connection of the broker now belongs to another org. To use that org, connect again.',
      ...oauth,
    })
  }
  if (details === undefined) {
    return new OktaConnectError(
      response.status >= 500 ? 'server_failed' : 'token_response_invalid',
      `The broker ${host} responded with HTTP ${response.status} and an unknown error.`,
      { hint: 'Check the address of the broker, and whether a proxy responds in place of it.' },
    )
  }
  const [code, hint] = (Object.hasOwn(advices, details.error) ? advices[details.error] : undefined) ?? [
    response.status >= 500 ? 'server_failed' : 'oauth_failed',
    'For the reason, see the log of the broker.',
  ]
  return new OktaConnectError(code, `The broker ${host} rejected the request${reason}`, {
    hint: typeof hint === 'string' ? hint : hint(connection),
    ...oauth,
  })
}

/** The error in a response of a broker itself; `undefined` for a response of Okta that it forwarded. */
export async function brokerErrorIn(response: Response, connection: Connection): Promise<OktaConnectError | undefined> {
  if (connection.broker === undefined || response.ok || response.headers.has('x-okta-request-id')) return undefined
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  const { error, error_description } = Object(body) as Record<string, unknown>
  if (typeof error !== 'string') return undefined
  const details = { error: printable(error), description: printable(error_description), status: response.status }
  return brokerError(response, connection.broker, connection, withoutSecret(details, connection), body)
}

function adviceForClient({ authentication, login: { clientId } }: BrokerConnection): string {
  const log = 'For the reason, see the line "client rejected" in the log of the broker.'
  switch (authentication.method) {
    case 'identity_token':
      return `Compare the identity token with the rules of the client ${quoted(clientId)} in the configuration of the broker. ${log}`
    case 'private_key_jwt':
      return `Check that the client ${quoted(clientId)} in the configuration of the broker has the public key of the private key that you use. ${log}`
    default:
      return `Check the name of the client, ${quoted(clientId)}, and its secret in the configuration of the broker. ${log}`
  }
}
