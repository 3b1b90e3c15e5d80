import { decodeJwt, errors, type JWTPayload } from 'jose'
import { type HttpError, InvalidAssertionError, invalidClient } from '../http/http-error.js'
import type { AssertionContext } from './assertion-context.js'
import type { Client } from './client.js'
import { requireFirstUse, toleranceSeconds } from './used-assertions.js'
import { keyFor, verifiedAssertion } from './verified-assertion.js'

/** The algorithms of assertions that clients sign. */
export const assertionAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]
const maxLifeMs = 60 * 60_000

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
  const { payload } = await verifiedAssertion(assertion, keyFor(client), {
    algorithms: assertionAlgorithms,
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
  if (Math.ceil(exp * 1000 - now()) > maxLifeMs)
    throw new InvalidAssertionError('The lifetime of the assertion must not exceed one hour.')
  await onAuthenticated(client)
  const use = { owner: name, id: jti, expiresAtMs: exp * 1000, issuedAtMs: iat && iat * 1000 }
  await requireFirstUse(use, maxLifeMs, state, now())
  return client
}

/** The claims of an assertion, unverified; none if it is not a JWT. */
export function unverifiedClaims(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion)
  } catch {
    return {}
  }
}

/**
 * The client that an assertion names in `iss` and `sub`, unverified.
 *
 * @throws {@link HttpError} 401 `invalid_client`
 */
export function issuerOfAssertion({ iss, sub }: JWTPayload): string {
  if (typeof iss === 'string' && iss === sub) return iss
  throw invalidClient(
    'The assertion must be a JWT whose iss and sub are the name of the client. An access token is not accepted.',
  )
}

/** Whether an assertion is one that a client does not sign itself: its issuer is not its subject, or is a URL. */
export function isIdentityToken({ iss, sub }: JWTPayload): boolean {
  if (typeof sub === 'string' && sub.startsWith('spiffe://')) return true
  return typeof iss === 'string' && (iss !== sub || iss.includes('://'))
}

function assertionNotVerified(): HttpError {
  return invalidClient('Unknown client, or the assertion is not signed with its key.')
}
