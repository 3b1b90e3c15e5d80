import { oauthError } from '../../http/errors/oauth-errors.js'
import { type Exchange, requireApp } from '../../http/exchange.js'
import { ProofError, verifyProof } from '../dpop-proof.js'

/**
 * An app that requires DPoP sends a proof with the org's nonce (RFC 9449 §5 and §8). A proof from any other app is ignored,
 * unless `bindOptionalProofs` is set.
 */
export async function dpopAtToken(exchange: Exchange): Promise<void> {
  const { ctx, org } = exchange
  const { dpop } = requireApp(exchange)
  const hasProof = ctx.get('dpop') !== ''
  if (!dpop && !(hasProof && org.bindOptionalProofs)) return
  if (!hasProof) throw oauthError('invalid_dpop_proof_missing_header')

  const current = org.nonces.current()
  const proof = await verifyProof(exchange).catch((error: unknown) => {
    throw error instanceof ProofError ? oauthError(error.code) : error
  })
  if (proof.nonce === undefined || !org.nonces.accepts(proof.nonce)) {
    throw oauthError('use_dpop_nonce', { headers: { 'dpop-nonce': current } })
  }
  exchange.proof = proof
}
