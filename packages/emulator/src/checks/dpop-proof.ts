import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose'
import type { DpopProof, Exchange } from '../http/exchange.js'

/** The signing algorithms Okta lists in its `WWW-Authenticate` challenge (okta-sdk-nodejs#453). */
export const PROOF_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/** How far a proof's `iat` may be from the org's clock, in seconds. */
const CLOCK_WINDOW_SECONDS = 300

/** A proof that was refused: the description says why. */
export class ProofError extends Error {}

/**
 * Checks a DPoP proof by RFC 9449 §4.3, save for the nonce, which only the token endpoint wants.
 *
 * @param accessToken the token that `ath` must be the hash of, at the API
 * @throws {ProofError} in Okta's form of words
 */
export async function verifyProof(
  { ctx, org, endpointUrl }: Exchange,
  accessToken?: string,
): Promise<DpopProof & { readonly nonce: string | undefined }> {
  const { claims, thumbprint } = await verified(ctx.get('dpop'), new Date(org.clock.now()))
  const { htm, htu, ath, iat, jti, nonce } = claims
  if (htm !== ctx.method) throw invalid('htm')
  if (normalised(htu) !== endpointUrl) throw invalid('htu')
  if (typeof iat !== 'number' || Math.abs(org.clock.now() / 1000 - iat) > CLOCK_WINDOW_SECONDS) {
    throw invalid('iat')
  }
  if (typeof jti !== 'string' || jti === '') throw invalid('jti')
  if (accessToken !== undefined) {
    if (ath !== createHash('sha256').update(accessToken).digest('base64url')) throw invalid('ath')
  }
  // A proof is good for one request (RFC 9449 §11.1).
  if (!org.proofIds.claim(`${thumbprint} ${jti}`, iat + CLOCK_WINDOW_SECONDS)) {
    throw new ProofError('The DPoP proof JWT has already been used.')
  }
  return { thumbprint, nonce: typeof nonce === 'string' ? nonce : undefined }
}

async function verified(proof: string, currentDate: Date): Promise<{ claims: JWTPayload; thumbprint: string }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: PROOF_ALGORITHMS,
      currentDate,
    })
    if (protectedHeader.jwk === undefined) throw new Error('no key')
    return { claims: payload, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk) }
  } catch (cause) {
    throw new ProofError('The DPoP proof JWT is invalid.', { cause })
  }
}

/** `htu` without query and fragment, its scheme and host in lower case and without a default port (RFC 9449 §4.3). */
function normalised(htu: unknown): string | undefined {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return undefined
  const url = new URL(htu)
  return `${url.origin}${url.pathname}`
}

function invalid(claim: string): ProofError {
  return new ProofError(`'${claim}' claim in the DPoP proof JWT is invalid.`)
}
