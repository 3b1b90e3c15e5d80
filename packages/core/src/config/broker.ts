import { optionsInvalid } from '../errors.js'
import { mayBeSecret, quoted } from '../safe-text.js'
import { unquoted } from '../unquoted.js'
import { type Endpoints, isLoopback, rejectPlaceholder } from './tenant.js'

const example = 'https://broker.example.com'

/** A broker that tokens come from. */
export interface Broker {
  /** Its issuer, an origin. */
  readonly url: URL
  /** The connection that was requested. `undefined`: the only one of the client. */
  readonly connection: string | undefined
  /** The org that it has to name. `undefined`: any. */
  readonly orgUrl: URL | undefined
}

/**
 * Converts the address of a broker to its issuer, an origin.
 *
 * @param address `https://broker.example.com`. `http:` is allowed for loopback only.
 * @throws {@link OktaConnectError} `options_invalid`
 * @example
 * parseBroker('broker.example.com').origin // 'https://broker.example.com'
 */
export function parseBroker(address: string | URL): URL {
  const text = address instanceof URL ? address.href : typeof address === 'string' ? unquoted(address) : ''
  if (text === '') throw optionsInvalid('The address of the broker is missing.', `Use its issuer, such as ${example}.`)
  rejectPlaceholder(text, 'address of the broker')
  const full = /^[\w.-]+(:\d+)?$/.test(text) ? `https://${text}` : text
  const url = URL.canParse(full) && !/[\s\\]/.test(full) ? new URL(full) : undefined
  // A label of a host name has at most 63 characters (RFC 1123): a longer one is a token.
  const isHost = url?.hostname.split('.').every(label => label.length <= 63) === true
  if (url === undefined || !isHost || !/^https?:$/.test(url.protocol)) {
    throw optionsInvalid(
      `The address of the broker is not a URL${mayBeSecret(text) || !isHost ? '' : `: ${quoted(text)}`}.`,
      `Use its issuer, such as ${example}.`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw optionsInvalid(
      'The address of the broker contains a username or password.',
      `Use only its issuer, such as ${example}, and set the client and its secret with their own options.`,
    )
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw optionsInvalid(
      `The broker ${url.origin} does not use HTTPS.`,
      `Use https://${url.host} instead. HTTP is allowed only on this machine.`,
    )
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw optionsInvalid(
      `The address of the broker has a path or a query${mayBeSecret(text) ? '' : `: ${quoted(text)}`}.`,
      `Use only its issuer: ${url.origin}`,
    )
  }
  return new URL(url.origin)
}

/**
 * The name of a connection of a broker.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function parseConnectionName(name: string): string {
  const text = typeof name === 'string' ? unquoted(name) : ''
  rejectPlaceholder(text, 'connection')
  if (/^[\w.-]{1,100}$/.test(text)) return text
  throw optionsInvalid(
    `The connection ${quoted(name)} is not a valid name.`,
    'Use the name of a connection in the configuration of the broker.',
  )
}

/** The endpoints of a broker have fixed paths, so a token needs no discovery request. */
export function brokerEndpoints({ origin }: URL): Endpoints {
  return {
    issuer: origin,
    token: new URL('/oauth2/token', origin),
    authorize: undefined,
    revoke: new URL('/oauth2/revoke', origin),
    deviceAuthorization: undefined,
  }
}
