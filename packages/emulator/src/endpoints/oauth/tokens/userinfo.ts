import { acceptedToken } from '../../../checks/api/api-token.js'
import type { Exchange } from '../../../http/exchange.js'
import { SCOPE_CLAIMS, userClaims } from '../../../oidc/user-claims.js'

/** `GET` or `POST /oauth2/v1/userinfo` (OpenID Connect Core §5.3): the claims for the scopes of the token. */
export function userinfo(exchange: Exchange): void {
  const { userId, scopes } = acceptedToken(exchange)
  const user = exchange.org.directory.find(userId)
  if (user === undefined) throw new Error('A token with the scope openid must have a user.')
  const { sub, ...claims } = userClaims(user)
  const { openid: _openid, ...others } = SCOPE_CLAIMS
  const names = Object.entries(others).flatMap(([scope, list]) => (scopes.includes(scope) ? list : []))
  exchange.ctx.body = { sub, ...Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name))) }
}
