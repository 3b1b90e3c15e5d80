import { createHash } from 'node:crypto'
import { decodeJwt, errors, jwtVerify } from 'jose'
import { callerUnknown, Refusal } from '../refusal.js'
import { type SharedState, StateUnavailable } from '../state/shared-state.js'
import type { Caller } from './caller.js'

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const maxLifeMs = 60 * 60_000
const toleranceSeconds = 30

/** What verifying an assertion takes. */
export interface AssertionContext {
  readonly callers: ReadonlyMap<string, Caller>
  readonly issuer: string
  /** The path of the endpoint that is called. */
  readonly path: string
  readonly state: SharedState
  now(): number
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
  { callers, issuer, path, state, now }: AssertionContext,
): Promise<Caller> {
  const caller = callers.get(name)
  // An unknown client takes as long as one whose signature is wrong, and is told the same.
  const keys = caller?.keys ?? [...callers.values()].find(one => one.keys !== undefined)?.keys
  if (keys === undefined) throw unproven()
  const { payload } = await jwtVerify(assertion, keys, {
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
      ? callerUnknown(`The assertion is not valid: ${error.message}.`)
      : unproven()
  })
  if (caller?.keys === undefined) throw unproven()
  const { exp = 0, jti } = payload
  if (typeof jti !== 'string') throw callerUnknown('The jti of the assertion is no text.')
  // RFC 7519 §2: a second may have a fraction.
  const restMs = Math.ceil(exp * 1000) - now()
  if (restMs > maxLifeMs) throw callerUnknown('The assertion lives longer than an hour.')
  // RFC 7523 §3: the jti is remembered for as long as the assertion would be accepted.
  const used = createHash('sha256').update(`${name}\n${jti}`).digest('base64url')
  const isFirst = await onceOnly(state, `jti:${used}`, restMs + 2 * toleranceSeconds * 1000)
  if (!isFirst) throw callerUnknown('The assertion was used before: sign one for each request.')
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

async function onceOnly(state: SharedState, key: string, lifeMs: number): Promise<boolean> {
  try {
    return await state.addOnce(key, lifeMs)
  } catch (error) {
    if (!(error instanceof StateUnavailable)) throw error
    throw new Refusal(503, 'temporarily_unavailable', 'Whether the assertion was used before cannot be told now.', {
      'retry-after': '5',
    })
  }
}
