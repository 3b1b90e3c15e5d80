import { createHash } from 'node:crypto'
import { decodeJwt, errors } from 'jose'
import { type HttpError, InvalidAssertionError, invalidClient, unavailable } from '../http/http-error.js'
import { type Once, type SharedState, StateUnavailable } from '../state/shared-state.js'
import type { Client } from './client.js'
import { verifiedAssertion } from './verified-assertion.js'

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const maxLifeMs = 60 * 60_000
const toleranceSeconds = 30
const toleranceMs = toleranceSeconds * 1000

/** What is needed to verify an assertion. */
export interface AssertionContext {
  readonly clients: ReadonlyMap<string, Client>
  readonly issuer: string
  /** The path of the requested endpoint. */
  readonly path: string
  readonly state: SharedState
  now(): number
  /**
   * Called when the client is authenticated, before anything is stored for it.
   *
   * @throws {@link HttpError} 429
   */
  onAuthenticated(client: Client): Promise<void>
}

/**
 * Verifies an assertion, and returns the client that signed it. Each assertion is accepted once, by all processes together.
 *
 * @param name its `iss`: see {@link issuerOfAssertion}.
 * @throws {@link HttpError} 401 `invalid_client`; 503 when it is not known whether it was used before.
 * @see RFC 7523 §3
 */
export async function clientOfAssertion(
  assertion: string,
  name: string,
  { clients, issuer, path, state, now, onAuthenticated }: AssertionContext,
): Promise<Client> {
  const client = clients.get(name)
  const payload = await verifiedAssertion(assertion, client, {
    algorithms,
    issuer: name,
    subject: name,
    // RFC 7523 §3: the issuer, or one of the endpoints.
    audience: [issuer, `${issuer}/`, `${issuer}/oauth2/token`, issuer + path],
    requiredClaims: ['exp', 'jti'],
    clockTolerance: toleranceSeconds,
    currentDate: new Date(now()),
  }).catch((error: unknown) => {
    if (!(error instanceof errors.JOSEError)) throw error
    // Claims are checked after the signature: the client is authenticated.
    const isSigned = error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
    throw isSigned && client?.keys !== undefined
      ? new InvalidAssertionError(`The assertion is not valid: ${error.message}.`)
      : assertionNotVerified()
  })
  if (client?.keys === undefined) throw assertionNotVerified()
  const { exp = 0, iat, jti } = payload
  if (typeof jti !== 'string') throw new InvalidAssertionError('The jti of the assertion must be a string.')
  // RFC 7519 §2: times may have fractions of a second.
  const remainingMs = Math.ceil(exp * 1000 - now())
  if (remainingMs > maxLifeMs)
    throw new InvalidAssertionError('The lifetime of the assertion must not exceed one hour.')
  await onAuthenticated(client)
  // RFC 7523 §3: the jti is stored for as long as the assertion is valid.
  const used = createHash('sha256').update(`${name}\n${jti}`).digest('base64url')
  const { isFirst, since } = await recordUse(state, name, used, remainingMs + 2 * toleranceMs)
  if (!isFirst) throw new InvalidAssertionError('The assertion was used before. Sign a new one for each request.')
  requireIssuedSince(since, iat, now())
  return client
}

/**
 * The client that an assertion names in `iss` and `sub`, unverified.
 *
 * @throws {@link HttpError} 401 `invalid_client`
 */
export function issuerOfAssertion(assertion: string): string {
  try {
    const { iss, sub } = decodeJwt(assertion)
    if (typeof iss === 'string' && iss === sub) return iss
  } catch {
    // Not a JWT.
  }
  throw invalidClient(
    'The assertion must be a JWT whose iss and sub are the name of the client. An access token is not accepted.',
  )
}

function assertionNotVerified(): HttpError {
  return invalidClient('Unknown client, or the assertion is not signed with its key.')
}

async function recordUse(state: SharedState, name: string, used: string, lifeMs: number): Promise<Once> {
  try {
    return await state.addOnce(name, used, lifeMs)
  } catch (error) {
    if (error instanceof StateUnavailable) throw unavailable('It cannot be determined whether the assertion was used.')
    throw error
  }
}

// A Redis that was restarted or emptied has lost which assertions were used before.
function requireIssuedSince(since: number, iat: number | undefined, now: number): void {
  const isNewer = iat === undefined ? now > since + maxLifeMs + toleranceMs : iat * 1000 >= since
  if (isNewer) return
  const rule = iat === undefined ? 'Sign one with an iat claim.' : 'Sign another one.'
  throw unavailable(`The assertion is older than the record of used assertions. ${rule}`)
}
