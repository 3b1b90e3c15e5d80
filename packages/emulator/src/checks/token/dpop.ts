import { OauthError } from '../../http/errors.js'
import { type Exchange, knownApp } from '../../http/exchange.js'
import { ProofError, verifyProof } from '../dpop-proof.js'

/**
 * DPoP at the token endpoint (RFC 9449 §5 and §8): an app that requires it sends a proof with the org's nonce. A proof
 * that nobody asked for is ignored, unless the emulator is told to bind the token to it.
 */
export async function dpopAtToken(exchange: Exchange): Promise<void> {
  const { ctx, org } = exchange
  const { dpop } = knownApp(exchange)
  const hasProof = ctx.get('dpop') !== ''
  if (!dpop && !(hasProof && org.bindUnaskedProofs)) return
  if (!hasProof) throw new OauthError('invalid_dpop_proof', 'The DPoP proof JWT header is missing.')

  const current = org.nonces.current()
  const proof = await verifyProof(exchange).catch((error: unknown) => {
    throw error instanceof ProofError ? new OauthError('invalid_dpop_proof', error.message) : error
  })
  if (proof.nonce === undefined || !org.nonces.accepts(proof.nonce)) {
    throw new OauthError('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.', {
      headers: { 'DPoP-Nonce': current },
    })
  }
  // RFC 9449 §8.2: a new nonce may come with any answer.
  if (proof.nonce !== current) ctx.set('DPoP-Nonce', current)
  exchange.proof = proof
}
