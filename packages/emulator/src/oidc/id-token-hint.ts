import { compactVerify, decodeJwt, importJWK } from 'jose'
import type { Exchange } from '../http/exchange.js'
import { oauthError } from '../http/oauth-errors.js'
import type { AppRegistration } from '../org/apps/app.js'

/**
 * Verifies an `id_token_hint`. The ID token can be expired.
 *
 * @returns its app and the ID of its user
 * @throws {OauthError} when this authorization server has not issued it
 */
export async function verifyIdTokenHint(
  { org, server }: Exchange,
  hint: string,
): Promise<{ readonly app: AppRegistration; readonly subject: string }> {
  try {
    const { publicJwk } = await server.signingKey()
    await compactVerify(hint, await importJWK(publicJwk, 'RS256'))
  } catch {
    throw oauthError('id_token_invalid')
  }
  const { iss, aud, sub = '' } = decodeJwt(hint)
  const app = org.apps.get(String(aud))
  if (iss !== server.issuer || app === undefined) throw oauthError('id_token_invalid')
  return { app, subject: sub }
}
