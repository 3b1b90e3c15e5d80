import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK, type JWTPayload } from 'jose'
import { OauthError } from '../../http/errors.js'
import type { Exchange } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/apps/app.js'
import { activeKeys } from '../../org/apps/saved-keys.js'
import type { Org } from '../../org/org.js'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
const MAX_LIFETIME_SECONDS = 3600

/**
 * Verifies a `private_key_jwt` assertion (RFC 7523 §3) by Okta's stricter rules (guides/build-self-signed-jwt). The error
 * messages for audience, `kid` and signature are from support.okta.com, those for expiry and reuse from bug reports.
 */
export async function verifyClientAssertion(
  exchange: Exchange,
  app: AppRegistration,
  assertion: string,
): Promise<void> {
  if (exchange.form.get('client_assertion_type') !== ASSERTION_TYPE) {
    throw rejection('The client_assertion_type is invalid.')
  }
  if (app.authentication !== 'private_key_jwt') {
    throw rejection('The client_assertion is not allowed by the token_endpoint_auth_method of the client.')
  }
  const { alg, kid, claims } = decode(assertion)
  if (!ALGORITHMS.includes(alg)) throw rejection('The client_assertion signing algorithm is not supported.')
  await verifySignature(assertion, selectKey(await keysOf(exchange.org, app, kid), kid))
  checkClaims(claims, app.clientId, exchange)
  rejectReplay(exchange, claims)
}

function checkClaims(claims: JWTPayload, clientId: string, { endpointUrl, org }: Exchange): void {
  const now = org.clock.now() / 1000
  if (claims.iss !== clientId || claims.sub !== clientId) {
    throw rejection("The 'sub' and 'iss' claims of the client_assertion must be the client_id.")
  }
  // Okta rejects the issuer as the audience, which libraries send by default (facile-it/php-openid-client#25).
  if (![claims.aud].flat().includes(endpointUrl)) {
    throw rejection('The audience claim for client_assertion must be the endpoint invoked for the request.')
  }
  if (typeof claims.exp !== 'number') throw rejection('The client_assertion token is missing the expiration claim.')
  if (claims.exp <= now) throw rejection('The client_assertion token is expired.')
  if (claims.exp > now + MAX_LIFETIME_SECONDS) {
    throw rejection('The client_assertion token has an expiration too far into the future.')
  }
  if (claims.iat !== undefined && Math.floor(claims.iat) > now) {
    throw rejection('The client_assertion token was issued in the future.')
  }
}

/** An assertion with a `jti` can be used once. The `jti` is optional (guides/build-self-signed-jwt). */
function rejectReplay({ org }: Exchange, { iss, jti, exp = 0 }: JWTPayload): void {
  if (jti !== undefined && !org.usedAssertions.add(`${iss} ${jti}`, exp)) {
    throw rejection('The client_assertion token has already been used.')
  }
}

/**
 * The public keys of an app, which the org stores or fetches from the URL of the app (guides/key-management). The error
 * messages are from data/oauth2-error-codes.json of Okta's developer documentation.
 */
async function keysOf({ jwksCache }: Org, app: AppRegistration, kid: string | undefined): Promise<readonly JWK[]> {
  if (app.jwksUri === undefined) {
    if (app.savedKeys.length > 0) return activeKeys(app.savedKeys).map(({ jwk }) => jwk)
    throw rejection('The client does not have a JWKSet configured, but the client_assertion requires one.')
  }
  const keys = await jwksCache.keysAt(app.jwksUri, kid).catch(() => {
    throw rejection('Error retrieving the client JWKSet from jwks_uri.')
  })
  if (keys.length === 0) throw rejection('The client JWKSet from jwks_uri must contain at least one key.')
  if (keys.length > 1 && new Set(keys.flatMap(key => key.kid ?? [])).size < keys.length) {
    throw rejection('All keys in the client JWKSet from jwks_uri must have a unique kid.')
  }
  return keys
}

function selectKey(keys: readonly JWK[], kid: string | undefined): JWK {
  const [key, ...others] = kid === undefined ? keys : keys.filter(candidate => candidate.kid === kid)
  // Okta returns the same error when there are several keys and no `kid` (okta-sdk-python#289).
  if (key === undefined || others.length > 0) throw rejection('The client_assertion JWT kid is invalid.')
  if (key.use === 'enc') throw rejection('The client_assertion JWT needs to be signed using a signing key.')
  return key
}

async function verifySignature(assertion: string, key: JWK): Promise<void> {
  try {
    const { alg } = decodeProtectedHeader(assertion)
    await compactVerify(assertion, await importJWK(key, alg), { algorithms: ALGORITHMS })
  } catch {
    throw rejection('The client_assertion signature is invalid.')
  }
}

function decode(assertion: string): { alg: string; kid: string | undefined; claims: JWTPayload } {
  try {
    const { alg = 'none', kid } = decodeProtectedHeader(assertion)
    return { alg, kid, claims: decodeJwt(assertion) }
  } catch {
    throw rejection('The parsing of the client_assertion failed.')
  }
}

function rejection(description: string): OauthError {
  return new OauthError('invalid_client', description)
}
