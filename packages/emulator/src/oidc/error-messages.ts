import type { errors, KoaContextWithOIDC } from 'oidc-provider'
import { exchangeOf } from '../http/exchange.js'

/** Replaces oidc-provider's error descriptions at the token endpoint by Okta's. */
export function useOktaMessages(
  ctx: KoaContextWithOIDC,
  { error, error_detail: detail }: errors.OIDCProviderError,
): void {
  const grantType = exchangeOf(ctx)?.form.get('grant_type')
  if (error === 'invalid_grant') {
    ctx.body = { error, error_description: grantType === 'refresh_token' ? REFRESH_TOKEN : codeError(detail) }
  }
  if (error === 'invalid_scope') ctx.body = { error, error_description: SCOPE }
}

const REFRESH_TOKEN = 'The refresh token is invalid or expired.'
const SCOPE = 'The requested scope is invalid, unknown, or malformed.'

function codeError(detail = ''): string {
  if (detail.startsWith('code_verifier')) return 'PKCE verification failed.'
  if (detail.includes('redirect_uri')) {
    return "The 'redirect_uri' does not match the redirection URI used in the authorization request."
  }
  return 'The authorization code is invalid or has expired.'
}
