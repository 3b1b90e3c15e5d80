import { oauthError } from '../../http/errors/oauth-errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** Okta compares redirect URIs as strings, including the port of a loopback URI (unlike RFC 8252 §7.3). */
export const registeredRedirectUri: Check = exchange => {
  const redirectUri = exchange.form.get('redirect_uri')
  const app = requireApp(exchange)
  if (redirectUri === null || !app.redirectUris.includes(redirectUri)) {
    const settings = new URL(`/admin/app/oidc_client/instance/${app.clientId}#tab-general`, exchange.org.url)
    throw oauthError('illegal_redirect_uri_enhanced', { value: settings.href })
  }
  exchange.redirectUri = redirectUri
}
