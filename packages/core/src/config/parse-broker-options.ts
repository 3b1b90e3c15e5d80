import { type OktaConnectError, optionsInvalid } from '../errors.js'
import { ServerClock } from '../http/server-clock.js'
import type { Identity } from '../stores/token-record.js'
import { brokerEndpoints, parseBroker, parseConnectionName } from './broker.js'
import type { BrokerOptions, ConnectOptions, IdentityTokenSource } from './connect-options.js'
import type { ClientAuthentication, ParsedOptions } from './connection.js'
import { parseClientId, parseRequestTimeout, parseScopes, parseSignal } from './option-values.js'
import { parseCredential } from './parse-credential.js'
import { parseTenant } from './tenant.js'

// What only Okta needs: a user signs in there, and the broker has its own app.
const optionsOfOkta = [
  'authorizationServer',
  'apiToken',
  'accessToken',
  'managedKeys',
  'loginHint',
  'redirectUri',
  'manual',
]

/** Returns whether options name a broker. */
export function isBrokerOptions(options: ConnectOptions): options is BrokerOptions {
  return Object(options).broker !== undefined
}

/**
 * Validates {@link BrokerOptions}.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid`
 */
export async function parseBrokerOptions(options: BrokerOptions): Promise<ParsedOptions> {
  rejectOptionsOfOkta(options)
  const url = parseBroker(options.broker)
  const connection = options.connection === undefined ? undefined : parseConnectionName(options.connection)
  const orgUrl = options.tenant === undefined ? undefined : parseTenant(options.tenant)
  if (options.clientId === undefined) throw clientNameMissing()
  const { thumbprint, authentication: ofClient } = await parseCredential(options)
  const authentication = ofClient.method === 'none' ? identityAuthentication(options) : ofClient
  const identity: Identity = { type: 'app', ...(thumbprint !== undefined && { keyThumbprint: thumbprint }) }
  return {
    connection: {
      // Without one, until the broker has named the org.
      orgUrl: orgUrl ?? url,
      broker: { url, connection, orgUrl },
      endpoints: brokerEndpoints(url),
      login: {
        orgUrl: url.origin,
        broker: url.origin,
        ...(connection !== undefined && { connection }),
        clientId: parseClientId(options.clientId),
        identity,
        scopes: options.scopes === undefined ? [] : parseScopes(options.scopes, false),
      },
      grant: 'client_credentials',
      grantRequest: { type: 'client_credentials' },
      authentication,
      accept: undefined,
      // A token that is bound to a key does not leave the broker.
      dpop: 'never',
      requestTimeoutMs: parseRequestTimeout(options.requestTimeoutMs),
      clock: new ServerClock('the broker'),
    },
    forceLogin: options.forceLogin === true,
    signal: parseSignal(options.signal),
  }
}

/** How a client without a key and a secret authenticates to a broker. */
function identityAuthentication({ identityToken, identityTokenFile }: IdentityTokenSource): ClientAuthentication {
  for (const text of [identityToken, identityTokenFile]) {
    if (text === undefined || (typeof text === 'string' && text.trim() !== '')) continue
    throw optionsInvalid('The identity token is empty.', 'Omit it to use the identity token of the platform.')
  }
  if (identityToken !== undefined) return { method: 'identity_token', source: { token: identityToken.trim() } }
  if (identityTokenFile !== undefined) return { method: 'identity_token', source: { file: identityTokenFile } }
  return { method: 'identity_token', source: 'platform' }
}

/** The error for options of a broker without a client. */
export function clientNameMissing(): OktaConnectError {
  return optionsInvalid('The client ID is missing.', 'Use the name of the client in the configuration of the broker.')
}

function rejectOptionsOfOkta(options: BrokerOptions): void {
  const given = optionsOfOkta.find(name => (options as unknown as Record<string, unknown>)[name] !== undefined)
  if (given !== undefined) {
    throw optionsInvalid(
      `The option ${given} cannot be used with a broker.`,
      `Omit ${given}: the broker decides how it connects to Okta.`,
    )
  }
  const { grant } = options as { readonly grant?: unknown }
  if (grant === undefined || grant === 'client_credentials') return
  throw optionsInvalid('A broker supports only the client credentials grant.', 'Omit the grant.')
}
