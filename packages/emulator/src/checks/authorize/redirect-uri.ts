import { OauthError } from '../../http/errors.js'
import { type Check, knownApp } from '../../http/exchange.js'

/** Okta compares redirect URIs as text, port included, also on loopback (RFC 8252 §7.3 is not followed). */
export const registeredRedirectUri: Check = exchange => {
  const wanted = exchange.form.get('redirect_uri')
  const app = knownApp(exchange)
  if (wanted === null || !app.redirectUris.includes(wanted)) {
    const settings = new URL(`/admin/app/oidc_client/instance/${app.clientId}#tab-general`, exchange.org.url)
    throw new OauthError(
      'invalid_request',
      `The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: ${settings}`,
    )
  }
  exchange.redirectUri = wanted
}
