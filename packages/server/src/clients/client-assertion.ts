import { createHash } from 'node:crypto'
import { decodeJwt, errors } from 'jose'
import { AssertionRefusal, callerUnknown, Refusal } from '../http/http-error.js'
import { type Once, type SharedState, StateUnavailable } from '../state/shared-state.js'
import type { Caller } from './client.js'
import { verifiedAssertion } from './verified-assertion.js'

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const maxLifeMs = 60 * 60_000
const toleranceSeconds = 30
const toleranceMs = toleranceSeconds * 1000

/** What verifying an assertion takes. */
export interface AssertionContext {
  readonly callers: ReadonlyMap<string, Caller>
  readonly issuer: string
  /** The path of the endpoint that is called. */
  readonly path: string
  readonly state: SharedState
  now(): number
  /**
   * Runs when a client has proved its identity, before anything is stored for it.
   *
   * @throws {@link Refusal} 429
   */
  admit(caller: Caller): Promise<void>
}

/**
 * The caller that signed an assertion. Each assertion works once, whichever process it comes to.
 *
 * @param name its `iss`: see {@link issuerOfAssertion}.
 * @throws {@link Refusal} 401 `invalid_client`; 503 where it cannot be told whether it was used before.
 * @see RFC 7523 §3
 */
export async function callerOfAssertion(
  assertion: string,
  name: string,
  { callers, issuer, path, state, now, admit }: AssertionContext,
): Promise<Caller> {
  const caller = callers.get(name)
  const payload = await verifiedAssertion(assertion, caller, {
    algorithms,
    issuer: name,
    subject: name,
    // RFC 7523 §3: the server, by its name or by its endpoints.
    audience: [issuer, `${issuer}/oauth2/token`, issuer + path],
    requiredClaims: ['exp', 'jti'],
    clockTolerance: toleranceSeconds,
    currentDate: new Date(now()),
  }).catch((error: unknown) => {
    if (!(error instanceof errors.JOSEError)) throw error
    // Claims are checked after the signature: the client has proved who it is.
    const isSigned = error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
    throw isSigned && caller?.keys !== undefined
      ? new AssertionRefusal(`The assertion is not valid: ${error.message}.`)
      : unproven()
  })
  if (caller?.keys === undefined) throw unproven()
  const { exp = 0, iat, jti } = payload
  if (typeof jti !== 'string') throw new AssertionRefusal('The jti of the assertion is no text.')
  // RFC 7519 §2: a second may have a fraction.
  const restMs = Math.ceil(exp * 1000 - now())
  if (restMs > maxLifeMs) throw new AssertionRefusal('The assertion lives longer than an hour.')
  await admit(caller)
  // RFC 7523 §3: the jti is remembered for as long as the assertion would be accepted.
  const used = createHash('sha256').update(`${name}\n${jti}`).digest('base64url')
  const { isFirst, since } = await remember(state, name, used, restMs + 2 * toleranceMs)
  if (!isFirst) throw new AssertionRefusal('The assertion was used before: sign one for each request.')
  requireIssuedSince(since, iat, now())
  return caller
}

/**
 * The name of the caller that an assertion says it is from.
 *
 * @throws {@link Refusal} 401 `invalid_client`
 */
export function issuerOfAssertion(assertion: string): string {
  try {
    const { iss, sub } = decodeJwt(assertion)
    if (typeof iss === 'string' && iss === sub) return iss
  } catch {
    // It is no JWT.
  }
  throw callerUnknown('The assertion is no JWT whose iss and sub are the name of the caller.')
}

function unproven(): Refusal {
  return callerUnknown('There is no client with this name and a key that signed the assertion.')
}

async function remember(state: SharedState, name: string, used: string, lifeMs: number): Promise<Once> {
  try {
    return await state.addOnce(name, used, lifeMs)
  } catch (error) {
    if (error instanceof StateUnavailable) throw undetermined('It cannot be determined whether the assertion was used.')
    throw error
  }
}

// What was used before the memory was lost is not known: a Redis that was restarted or emptied.
function requireIssuedSince(since: number, iat: number | undefined, now: number): void {
  const isNewer = iat === undefined ? now > since + maxLifeMs + toleranceMs : iat * 1000 >= since
  if (isNewer) return
  const rule = iat === undefined ? 'Sign one with the claim iat.' : 'Sign another one.'
  throw undetermined(`The memory of used assertions is newer than this one. ${rule}`)
}

function undetermined(description: string): Refusal {
  return new Refusal(503, 'temporarily_unavailable', description, { 'retry-after': '5' })
}
