import { oauthError } from '../../http/errors/oauth-errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/**
 * A page of another origin can request tokens only for an app that has a redirect URI with this origin, and redeems a code
 * only with PKCE. Okta's list of errors also has older rules, against refresh tokens, which single-page apps use today.
 */
export const browserRequest: Check = exchange => {
  const { ctx, form, calledOrigin, org } = exchange
  const origin = ctx.get('origin')
  if (origin === '' || origin === calledOrigin || origin === org.url.origin) return
  if (!requireApp(exchange).redirectUris.some(uri => originOf(uri) === origin)) {
    throw oauthError('illegal_origin_browser_request')
  }
  if (form.get('grant_type') === 'authorization_code' && !form.has('code_verifier')) {
    throw oauthError('unsupported_auth_method_browser_request')
  }
}

function originOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).origin : undefined
}
