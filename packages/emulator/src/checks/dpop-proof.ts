import { createHash } from 'node:crypto'
import {
  calculateJwkThumbprint,
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  EmbeddedJWK,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from 'jose'
import { type OauthErrorCode, oauthError } from '../http/errors/oauth-errors.js'
import type { DpopProof, Exchange } from '../http/exchange.js'
import { canonicalPath } from '../http/routing/match-path.js'

/** The signing algorithms in Okta's `WWW-Authenticate` challenge (okta-sdk-nodejs#453). */
export const PROOF_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/** Maximum difference between the `iat` of a proof and the org's clock. */
const MAX_AGE_SECONDS = 300

/** An invalid proof. */
export class ProofError extends Error {
  constructor(
    readonly code: OauthErrorCode,
    options?: ErrorOptions,
  ) {
    super(oauthError(code).description, options)
  }
}

/**
 * Verifies a DPoP proof (RFC 9449 §4.3), except for the nonce, which only the token endpoint requires.
 *
 * @param accessToken at the API, the token whose hash `ath` must be
 * @throws {ProofError}
 */
export async function verifyProof(
  { ctx, org, endpointUrl }: Exchange,
  accessToken?: string,
): Promise<DpopProof & { readonly nonce: string | undefined }> {
  // Node joins repeated headers.
  if (ctx.get('dpop').includes(',')) throw new ProofError('invalid_dpop_proof_multiple_headers_not_allowed')
  const { claims, thumbprint } = await verifySignature(ctx.get('dpop'))
  const { htm, htu, ath, iat, exp, jti, nonce } = claims
  if (htm !== ctx.method) throw new ProofError('invalid_dpop_proof_invalid_htm')
  if (normalize(htu) !== endpointUrl) throw new ProofError('invalid_dpop_proof_invalid_htu')
  if (typeof iat !== 'number') throw new ProofError('invalid_dpop_proof_invalid_iat')
  const age = org.clock.now() / 1000 - iat
  if (age > MAX_AGE_SECONDS) throw new ProofError('invalid_dpop_proof_jwt_too_old')
  if (age < -MAX_AGE_SECONDS) throw new ProofError('invalid_dpop_proof_jwt_issued_in_future')
  if (exp !== undefined && exp <= org.clock.seconds()) throw new ProofError('invalid_dpop_proof_jwt_expired')
  if (typeof jti !== 'string' || jti === '') throw new ProofError('invalid_dpop_proof_invalid_jti')
  if (accessToken !== undefined && ath !== createHash('sha256').update(accessToken).digest('base64url')) {
    throw new ProofError('dpop_proof_invalid_ath')
  }
  // A proof can be used once (RFC 9449 §11.1).
  if (!org.usedProofs.add(`${thumbprint} ${jti}`, iat + MAX_AGE_SECONDS)) {
    throw new ProofError('dpop_proof_already_used')
  }
  return { thumbprint, nonce: typeof nonce === 'string' ? nonce : undefined }
}

async function verifySignature(proof: string): Promise<{ claims: JWTPayload; thumbprint: string }> {
  const { typ, alg = '', jwk } = headerOf(proof)
  if (typ?.toLowerCase() !== 'dpop+jwt') throw new ProofError('invalid_dpop_proof_invalid_type')
  if (!PROOF_ALGORITHMS.includes(alg)) throw new ProofError('invalid_dpop_proof_invalid_signature_algorithm')
  if (jwk === undefined) throw new ProofError('invalid_dpop_proof')
  try {
    // The claims are checked by the clock of the org.
    await compactVerify(proof, EmbeddedJWK, { algorithms: PROOF_ALGORITHMS })
    return { claims: decodeJwt(proof), thumbprint: await calculateJwkThumbprint(jwk) }
  } catch (cause) {
    throw new ProofError('invalid_dpop_proof_invalid_signature', { cause })
  }
}

function headerOf(proof: string): ProtectedHeaderParameters {
  try {
    decodeJwt(proof)
    return decodeProtectedHeader(proof)
  } catch (cause) {
    throw new ProofError('invalid_dpop_proof_invalid_jwt', { cause })
  }
}

/**
 * `htu` without query and fragment, with scheme and host in lower case and without the default port (RFC 9449 §4.3), and
 * without double slashes, like the path of the request.
 */
function normalize(htu: unknown): string | undefined {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return undefined
  const url = new URL(htu)
  return `${url.origin}${canonicalPath(url.pathname)}`
}
