import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK, type JWTPayload } from 'jose'
import type { Exchange } from '../../http/exchange.js'
import { oauthError } from '../../http/oauth-errors.js'
import type { AppRegistration } from '../../org/apps/app.js'
import { activeKeys } from '../../org/apps/saved-keys.js'
import type { Org } from '../../org/org.js'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
const MAX_LIFETIME_SECONDS = 3600

/**
 * Verifies a `private_key_jwt` assertion (RFC 7523 §3) by Okta's stricter rules (guides/build-self-signed-jwt).
 */
export async function verifyClientAssertion(
  exchange: Exchange,
  app: AppRegistration,
  assertion: string,
): Promise<void> {
  if (exchange.form.get('client_assertion_type') !== ASSERTION_TYPE) {
    throw oauthError('client_assertion_type_invalid')
  }
  if (app.authentication !== 'private_key_jwt') {
    throw oauthError('invalid_token_endpoint_auth_method')
  }
  const { alg, kid, claims } = decode(assertion)
  if (!ALGORITHMS.includes(alg)) throw oauthError('client_assertion_invalid_signature_algorithm')
  await verifySignature(assertion, selectKey(await keysOf(exchange.org, app, kid), kid))
  checkClaims(claims, app.clientId, exchange)
  rejectReplay(exchange, claims)
}

function checkClaims(claims: JWTPayload, clientId: string, { endpointUrl, org }: Exchange): void {
  const now = org.clock.now() / 1000
  if (claims.iss !== clientId) throw oauthError('client_assertion_invalid_issuer')
  if (claims.sub !== clientId) throw oauthError('client_assertion_invalid_subject')
  // Okta rejects the issuer as the audience, which libraries send by default (facile-it/php-openid-client#25).
  if (![claims.aud].flat().includes(endpointUrl)) {
    throw oauthError('client_assertion_invalid_audience')
  }
  if (typeof claims.exp !== 'number') throw oauthError('client_assertion_expiration_required')
  if (claims.exp <= now) throw oauthError('client_assertion_expired_token')
  if (claims.exp > now + MAX_LIFETIME_SECONDS) {
    throw oauthError('client_assertion_expires_too_far_in_future')
  }
  for (const time of [claims.iat, claims.nbf]) {
    if (time === undefined) continue
    if (typeof time !== 'number') throw oauthError('client_assertion_invalid_jwt')
    if (Math.floor(time) > now) throw oauthError('client_assertion_issued_at_in_future')
  }
}

/** An assertion with a `jti` can be used once. The `jti` is optional (guides/build-self-signed-jwt). */
function rejectReplay({ org }: Exchange, { iss, jti, exp = 0 }: JWTPayload): void {
  if (jti !== undefined && !org.usedAssertions.add(`${iss} ${jti}`, exp)) {
    throw oauthError('client_assertion_already_used')
  }
}

/**
 * The public keys of an app, which the org stores or fetches from the URL of the app (guides/key-management).
 */
async function keysOf({ jwksCache }: Org, app: AppRegistration, kid: string | undefined): Promise<readonly JWK[]> {
  if (app.jwksUri === undefined) {
    if (app.savedKeys.length > 0) return activeKeys(app.savedKeys).map(({ jwk }) => jwk)
    throw oauthError('client_assertion_jwks_not_configured')
  }
  const keys = await jwksCache.keysAt(app.jwksUri, kid).catch(() => {
    throw oauthError('jwks_uri_error')
  })
  if (keys.length === 0) throw oauthError('jwks_uri_no_key')
  if (keys.length > 1 && new Set(keys.flatMap(key => key.kid ?? [])).size < keys.length) {
    throw oauthError('jwks_uri_ambiguous_keys')
  }
  return keys
}

function selectKey(keys: readonly JWK[], kid: string | undefined): JWK {
  const [key, ...others] = kid === undefined ? keys : keys.filter(candidate => candidate.kid === kid)
  // Okta returns the same error when there are several keys and no `kid` (okta-sdk-python#289).
  if (key === undefined || others.length > 0) throw oauthError('client_assertion_invalid_kid')
  if (key.use === 'enc') throw oauthError('client_assertion_not_signed_with_signing_key')
  return key
}

async function verifySignature(assertion: string, key: JWK): Promise<void> {
  try {
    const { alg } = decodeProtectedHeader(assertion)
    await compactVerify(assertion, await importJWK(key, alg), { algorithms: ALGORITHMS })
  } catch {
    throw oauthError('client_assertion_invalid_signature')
  }
}

function decode(assertion: string): { alg: string; kid: string | undefined; claims: JWTPayload } {
  try {
    const { alg = 'none', kid } = decodeProtectedHeader(assertion)
    return { alg, kid, claims: decodeJwt(assertion) }
  } catch {
    throw oauthError('client_assertion_invalid_jwt')
  }
}
