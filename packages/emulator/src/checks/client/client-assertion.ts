import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
} from 'jose'
import { OauthError } from '../../http/errors.js'
import type { Exchange } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/app.js'

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
  await verifySignature(assertion, selectKey(await keysOf(app), kid))
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

/** The public keys of an app, from the org or from the app's URL (guides/implement-oauth-for-okta-serviceapp). */
async function keysOf({ jwksUri, publicKeys }: AppRegistration): Promise<readonly JWK[]> {
  if (jwksUri === undefined) return publicKeys
  try {
    const response = await fetch(jwksUri, { signal: AbortSignal.timeout(5000) })
    const { keys = [] } = (await response.json()) as Partial<JSONWebKeySet>
    return keys
  } catch {
    return []
  }
}

function selectKey(keys: readonly JWK[], kid: string | undefined): JWK {
  const [key, ...others] = kid === undefined ? keys : keys.filter(candidate => candidate.kid === kid)
  // Okta returns the same error when there are several keys and no `kid` (okta-sdk-python#289).
  if (key === undefined || others.length > 0) throw rejection('The client_assertion JWT kid is invalid.')
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
