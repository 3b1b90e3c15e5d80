import { acceptedToken } from '../../../checks/api/api-token.js'
import type { Exchange } from '../../../http/exchange.js'
import { userClaims } from '../../../oidc/user-claims.js'

/** `GET` or `POST /oauth2/v1/userinfo` (OpenID Connect Core §5.3): the claims for the scopes of the token. */
export function userinfo(exchange: Exchange): void {
  const { userId, scopes } = acceptedToken(exchange)
  const user = exchange.org.directory.find(userId)
  if (user === undefined) throw new Error('A token with the scope openid must have a user.')
  const { sub, email, email_verified, ...profile } = userClaims(user)
  exchange.ctx.body = {
    sub,
    ...(scopes.includes('profile') && profile),
    ...(scopes.includes('email') && { email, email_verified }),
  }
}
