import { oauthError } from '../../../http/errors/oauth-errors.js'
import { logEvent } from '../../../http/events.js'
import { type Exchange, requireApp } from '../../../http/exchange.js'

/**
 * `POST /oauth2/v1/revoke` (RFC 7009). The response does not show whether the token exists. Revoking an access token does
 * not affect the refresh token; revoking a refresh token also revokes its access tokens (guides/revoke-tokens).
 */
export function revoke(exchange: Exchange): void {
  const { ctx, form, server } = exchange
  const token = form.get('token')
  if (token === null) throw oauthError('request_missing_token')
  // The response has neither a body nor a type.
  ctx.body = null
  ctx.status = 200
  for (const model of ['AccessToken', 'ClientCredentials', 'RefreshToken']) {
    const record = server.tokens.find(model, token)
    if (record === undefined || record.clientId !== requireApp(exchange).clientId) continue
    server.tokens.destroy(model, token)
    logEvent(exchange, `app.oauth2${server.id === undefined ? '' : '.as'}.token.revoke`)
    if (model !== 'RefreshToken' || record.grantId === undefined) continue
    server.tokens.revokeByGrant('AccessToken', record.grantId)
    server.tokens.revokeByGrant('RefreshToken', record.grantId)
  }
}
