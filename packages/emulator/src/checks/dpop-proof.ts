import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose'
import type { DpopProof, Exchange } from '../http/exchange.js'
import { canonicalPath } from '../http/match-path.js'

/** The signing algorithms in Okta's `WWW-Authenticate` challenge (okta-sdk-nodejs#453). */
export const PROOF_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/** Maximum difference between the `iat` of a proof and the org's clock. */
const MAX_AGE_SECONDS = 300

/** An invalid proof. The message is the error description. */
export class ProofError extends Error {}

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
  const { claims, thumbprint } = await verifySignature(ctx.get('dpop'), new Date(org.clock.now()))
  const { htm, htu, ath, iat, jti, nonce } = claims
  if (htm !== ctx.method) throw invalidClaim('htm')
  if (normalize(htu) !== endpointUrl) throw invalidClaim('htu')
  if (typeof iat !== 'number' || Math.abs(org.clock.now() / 1000 - iat) > MAX_AGE_SECONDS) {
    throw invalidClaim('iat')
  }
  if (typeof jti !== 'string' || jti === '') throw invalidClaim('jti')
  if (accessToken !== undefined) {
    if (ath !== createHash('sha256').update(accessToken).digest('base64url')) throw invalidClaim('ath')
  }
  // A proof can be used once (RFC 9449 §11.1).
  if (!org.usedProofs.add(`${thumbprint} ${jti}`, iat + MAX_AGE_SECONDS)) {
    throw new ProofError('The DPoP proof JWT has already been used.')
  }
  return { thumbprint, nonce: typeof nonce === 'string' ? nonce : undefined }
}

async function verifySignature(proof: string, currentDate: Date): Promise<{ claims: JWTPayload; thumbprint: string }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: PROOF_ALGORITHMS,
      currentDate,
    })
    if (protectedHeader.jwk === undefined) throw new Error('The proof has no jwk header.')
    return { claims: payload, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk) }
  } catch (cause) {
    throw new ProofError('The DPoP proof JWT is invalid.', { cause })
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

function invalidClaim(claim: string): ProofError {
  return new ProofError(`'${claim}' claim in the DPoP proof JWT is invalid.`)
}
