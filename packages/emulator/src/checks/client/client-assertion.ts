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
const LONGEST_LIFE_SECONDS = 3600

/**
 * Checks a `private_key_jwt` assertion (RFC 7523 §3) by Okta's stricter rules (guides/build-self-signed-jwt). The words
 * for audience, `kid` and signature are in articles of support.okta.com, those for expiry and reuse in public reports.
 */
export async function verifyClientAssertion(
  exchange: Exchange,
  app: AppRegistration,
  assertion: string,
): Promise<void> {
  if (exchange.form.get('client_assertion_type') !== ASSERTION_TYPE) {
    throw refused('The client_assertion_type is invalid.')
  }
  if (app.authentication !== 'private_key_jwt') {
    throw refused('The client_assertion is not allowed by the token_endpoint_auth_method of the client.')
  }
  const { alg, kid, claims } = decoded(assertion)
  if (!ALGORITHMS.includes(alg)) throw refused('The client_assertion signing algorithm is not supported.')
  await verifySignature(assertion, keyFor(await keysOf(app), kid))
  checkClaims(claims, app.clientId, exchange)
  claimOnce(exchange, claims)
}

function checkClaims(claims: JWTPayload, clientId: string, { endpointUrl, org }: Exchange): void {
  const now = org.clock.now() / 1000
  if (claims.iss !== clientId || claims.sub !== clientId) {
    throw refused("The 'sub' and 'iss' claims of the client_assertion must be the client_id.")
  }
  // Exactly the URL called: the issuer, which libraries send by themselves, is refused (facile-it/php-openid-client#25).
  if (![claims.aud].flat().includes(endpointUrl)) {
    throw refused('The audience claim for client_assertion must be the endpoint invoked for the request.')
  }
  if (typeof claims.exp !== 'number') throw refused('The client_assertion token is missing the expiration claim.')
  if (claims.exp <= now) throw refused('The client_assertion token is expired.')
  if (claims.exp > now + LONGEST_LIFE_SECONDS) {
    throw refused('The client_assertion token has an expiration too far into the future.')
  }
  if (claims.iat !== undefined && Math.floor(claims.iat) > now) {
    throw refused('The client_assertion token was issued in the future.')
  }
}

/** An assertion with a `jti` works once; Okta does not ask for a `jti` (guides/build-self-signed-jwt). */
function claimOnce({ org }: Exchange, { iss, jti, exp = 0 }: JWTPayload): void {
  if (jti !== undefined && !org.assertionIds.claim(`${iss} ${jti}`, exp)) {
    throw refused('The client_assertion token has already been used.')
  }
}

/** An app has its keys in the org, or at a URL of its own (guides/implement-oauth-for-okta-serviceapp). */
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

function keyFor(keys: readonly JWK[], kid: string | undefined): JWK {
  const [key, ...others] = kid === undefined ? keys : keys.filter(candidate => candidate.kid === kid)
  // Several keys and no `kid` get the same words (okta-sdk-python#289).
  if (key === undefined || others.length > 0) throw refused('The client_assertion JWT kid is invalid.')
  return key
}

async function verifySignature(assertion: string, key: JWK): Promise<void> {
  try {
    const { alg } = decodeProtectedHeader(assertion)
    await compactVerify(assertion, await importJWK(key, alg), { algorithms: ALGORITHMS })
  } catch {
    throw refused('The client_assertion signature is invalid.')
  }
}

function decoded(assertion: string): { alg: string; kid: string | undefined; claims: JWTPayload } {
  try {
    const { alg = 'none', kid } = decodeProtectedHeader(assertion)
    return { alg, kid, claims: decodeJwt(assertion) }
  } catch {
    throw refused('The parsing of the client_assertion failed.')
  }
}

function refused(description: string): OauthError {
  return new OauthError('invalid_client', description)
}
