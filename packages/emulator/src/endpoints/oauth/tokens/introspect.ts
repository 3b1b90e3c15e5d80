import { decodeJwt } from 'jose'
import type { AdapterPayload } from 'oidc-provider'
import { type Exchange, requireApp } from '../../../http/exchange.js'
import { oauthError } from '../../../http/oauth-errors.js'
import { verifyIdTokenHint } from '../../../oidc/id-token-hint.js'

/** `POST /oauth2/v1/introspect` (RFC 7662), also of ID tokens. Tokens that are invalid or belong to another app are inactive. */
export async function introspect(exchange: Exchange): Promise<void> {
  const { ctx, form, server, org } = exchange
  const token = form.get('token')
  if (token === null) throw oauthError('request_missing_token')
  ctx.body = { active: false }
  for (const model of ['AccessToken', 'ClientCredentials', 'RefreshToken']) {
    const record = server.tokens.find(model, token)
    if (record?.clientId !== requireApp(exchange).clientId || record.consumed) continue
    if (record.accountId !== undefined && org.activeUser(record.accountId) === undefined) continue
    ctx.body = { active: true, ...describe(exchange, record, model !== 'RefreshToken') }
    return
  }
  const idToken = await verifyIdTokenHint(exchange, token).catch(() => undefined)
  if (idToken?.app.clientId !== requireApp(exchange).clientId) return
  const { exp = 0, ...claims } = decodeJwt(token)
  const user = org.activeUser(idToken.subject)
  if (exp <= org.clock.seconds() || user === undefined) return
  ctx.body = { active: true, ...claims, exp, username: user.profile.login, uid: user.id }
}

function describe({ org, server }: Exchange, record: AdapterPayload, isAccessToken: boolean): object {
  const { jti, iat, exp, scope, clientId, accountId } = record
  const user = org.directory.find(accountId)
  const jkt: unknown = Reflect.get(record, 'jkt')
  return {
    scope,
    client_id: clientId,
    iss: server.issuer,
    iat,
    exp,
    jti,
    ...(isAccessToken && { aud: server.audience, token_type: jkt === undefined ? 'Bearer' : 'DPoP' }),
    ...(jkt !== undefined && { cnf: { jkt } }),
    ...(user && { sub: user.profile.login, username: user.profile.login, uid: user.id }),
  }
}
