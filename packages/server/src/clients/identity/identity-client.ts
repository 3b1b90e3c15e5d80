import { errors, type JWTPayload } from 'jose'
import { type HttpError, InvalidAssertionError, invalidClient, unavailableFor } from '../../http/http-error.js'
import { maxOncePerOwner } from '../../state/shared-state.js'
import type { AssertionContext } from '../assertion-context.js'
import type { Client } from '../client.js'
import { requireFirstUse, toleranceMs, toleranceSeconds } from '../used-assertions.js'
import { keyFor, verifiedAssertion } from '../verified-assertion.js'
import { matchClaims } from './identity-rule.js'
import type { Rejection } from './rejection-log.js'
import { KeysUnavailable } from './remote-keys.js'
import type { TrustedIssuer } from './trusted-issuers.js'

/** An identity token, and the client that it is sent for. Not verified. */
export interface IdentityCredentials {
  readonly type: 'identity'
  readonly name: string
  readonly token: string
  readonly issuer: TrustedIssuer
}

/** A token whose issuer is not in the configuration. */
export interface UntrustedCredentials {
  readonly type: 'untrusted'
  readonly name: string
  readonly token: string
  /** Its `iss`, or the trust domain in its `sub`. */
  readonly issuer: string
}

class Rejected extends Error {
  constructor(
    readonly rejection: Rejection,
    /** Whether the issuer signed the token: this is not an attempt to guess. */
    readonly isSigned = true,
  ) {
    super(rejection.reason)
  }
}

const rejected =
  'Unknown client, or the assertion does not match its configuration. For the reason, see the line "client rejected" in the log of the broker.'

/**
 * Verifies the identity token of a platform, and returns the client that it authenticates. The client gets the same answer for
 * every reason: the log has the reason.
 *
 * @throws {@link HttpError} 401 `invalid_client`; 503 when the keys of the issuer, or the record of used tokens, are unavailable.
 * @see RFC 7521 §4.2, RFC 7523 §3
 */
export async function clientOfIdentity(credentials: IdentityCredentials, context: AssertionContext): Promise<Client> {
  const { name, issuer } = credentials
  const client = context.clients.get(name)
  try {
    return await verify(credentials, client, context)
  } catch (error) {
    if (error instanceof KeysUnavailable) {
      context.onRejected(client?.name, issuer.name, { reason: error.message })
      throw unavailableFor(
        error.retryAfterMs,
        'The keys of the issuer cannot be fetched at the moment. Try again after the time in Retry-After.',
      )
    }
    if (!(error instanceof Rejected)) throw error
    context.onRejected(client?.name, issuer.name, error.rejection)
    throw error.isSigned ? new InvalidAssertionError(rejected) : invalidClient(rejected)
  }
}

/**
 * Rejects a token of an unknown issuer, with the answer and after the work of a token of a known one.
 *
 * @throws {@link HttpError} 401 `invalid_client`
 */
export async function rejectUntrusted(
  { name, token, issuer }: UntrustedCredentials,
  { clients, onRejected }: AssertionContext,
): Promise<never> {
  await verifiedAssertion(token, keyFor(undefined), {}).catch(() => {})
  const isSvid = issuer.startsWith('spiffe://')
  const what = isSvid ? 'trust domain' : 'issuer'
  const rejection = {
    reason: `no client has an identity of this ${what}`,
    claim: isSvid ? 'sub' : 'iss',
    actual: issuer,
  }
  onRejected(clients.get(name)?.name, undefined, rejection)
  throw invalidClient(rejected)
}

async function verify(
  { token, issuer }: IdentityCredentials,
  client: Client | undefined,
  { issuer: audience, state, now, onAuthenticated, onRejected }: AssertionContext,
): Promise<Client> {
  const payload = await verifiedPayload(token, issuer, now())
  requireAudience(payload, audience)
  requireShortLife(payload, issuer, now())
  const rules = client?.identities.filter(rule => rule.issuer === issuer.name) ?? []
  if (client === undefined) throw new Rejected({ reason: 'no client has this client_id' })
  if (rules.length === 0) throw new Rejected({ reason: 'the client has no identity of this issuer' })
  const match = matchClaims(rules, payload)
  if (!match.isMatch) throw new Rejected({ reason: 'a claim does not match', ...match.mismatch })
  if (issuer.isOnce && !isText(payload.jti)) throw new Rejected({ reason: 'replay: once requires a jti', claim: 'jti' })
  await onAuthenticated(client, { issuer: issuer.name, subject: payload.sub, claims: match.claims })
  if (issuer.isOnce) {
    await requireShare(`${issuer.name} ${client.name}`, issuer.maxLifetimeMs, state)
    const { exp = 0, iat, jti = '' } = payload
    const use = { owner: `issuer:${issuer.name}`, id: jti, expiresAtMs: exp * 1000, issuedAtMs: iat && iat * 1000 }
    await requireFirstUse(use, issuer.maxLifetimeMs, state, now()).catch((error: unknown) => {
      if (error instanceof InvalidAssertionError)
        onRejected(client.name, issuer.name, { reason: 'the token was used before' })
      throw error
    })
  }
  return client
}

async function verifiedPayload(token: string, issuer: TrustedIssuer, now: number): Promise<JWTPayload> {
  try {
    const { payload, protectedHeader } = await verifiedAssertion(token, issuer.findKey, {
      algorithms: [...issuer.algorithms],
      ...(!issuer.isTrustDomain && { issuer: issuer.name }),
      // An SVID does not need an iat.
      requiredClaims: issuer.isTrustDomain ? ['exp', 'sub'] : ['exp', 'iat'],
      clockTolerance: toleranceSeconds,
      currentDate: new Date(now),
    })
    requireType(protectedHeader.typ)
    return payload
  } catch (error) {
    if (error instanceof KeysUnavailable || error instanceof Rejected) throw error
    // Claims are checked after the signature.
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
      const { claim, payload, message } = error
      throw new Rejected({ reason: message, claim, actual: payload[claim] })
    }
    throw new Rejected({ reason: signatureReason(error) }, false)
  }
}

// RFC 8725 §3.11: an access token or a logout token of the issuer is not an identity token.
function requireType(typ: string | undefined): void {
  if (typ === undefined || /^(application\/)?(jwt|jose)$/i.test(typ)) return
  throw new Rejected({ reason: 'the typ of the token must be JWT', actual: typ })
}

function signatureReason(error: unknown): string {
  if (error instanceof errors.JWKSNoMatchingKey) return 'the issuer has no key with the kid and alg of the token'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'the alg of the token is not in the algorithms of the issuer'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the signature is not valid'
  // Such as an RSA key with fewer than 2048 bits.
  return 'the token is malformed, or the key of the issuer cannot be used'
}

// RFC 7519 §4.1.3: a token for several audiences could be sent here by any of them.
function requireAudience({ aud }: JWTPayload, audience: string): void {
  const [only, another] = [aud].flat()
  if (only === audience && another === undefined) return
  throw new Rejected({
    reason: 'the only audience must be the issuer of the broker',
    claim: 'aud',
    expected: [audience],
    actual: aud,
  })
}

function requireShortLife({ exp = 0, iat }: JWTPayload, { maxLifetimeMs }: TrustedIssuer, now: number): void {
  const issuedAt = iat === undefined ? now : iat * 1000
  if (issuedAt > now + toleranceMs) throw new Rejected({ reason: 'iat is in the future', claim: 'iat', actual: iat })
  const lifetimeMs = exp * 1000 - issuedAt
  if (lifetimeMs <= maxLifetimeMs) return
  throw new Rejected({
    reason: 'its lifetime is longer than maxLifetime of the issuer',
    claim: 'exp',
    expected: [`at most ${maxLifetimeMs / 1000} s`],
    actual: `${Math.round(lifetimeMs / 1000)} s`,
  })
}

// So that one client cannot fill the record of used tokens, which the clients of the issuer share.
async function requireShare(owner: string, windowMs: number, state: AssertionContext['state']): Promise<void> {
  const { hits } = await state.count(`once:${owner}`, windowMs)
  if (hits <= maxOncePerOwner / 4) return
  throw unavailableFor(
    windowMs,
    'This client has sent too many identity tokens. Reuse access tokens until they expire.',
  )
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
