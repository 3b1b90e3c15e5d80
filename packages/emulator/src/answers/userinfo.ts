import { acceptedToken } from '../checks/api-token.js'
import type { EmulatorUser } from '../directory.js'
import type { Exchange } from '../exchange.js'

/** `GET` or `POST /oauth2/v1/userinfo` (OpenID Connect Core §5.3): the claims that the token's scopes allow. */
export function userinfo(exchange: Exchange): void {
  const { userId, scopes } = acceptedToken(exchange)
  const user = exchange.org.users.find(candidate => candidate.id === userId)
  if (user === undefined) throw new Error('a token with the scope openid belongs to a user')
  const { sub, email, email_verified, ...profile } = userClaims(user)
  exchange.ctx.body = {
    sub,
    ...(scopes.includes('profile') && profile),
    ...(scopes.includes('email') && { email, email_verified }),
  }
}

/** Every claim that the org knows about a user. `sub` is the user's id, `preferred_username` the login. */
export function userClaims({ id, login, firstName, lastName }: EmulatorUser) {
  return {
    sub: id,
    name: `${firstName} ${lastName}`,
    preferred_username: login,
    given_name: firstName,
    family_name: lastName,
    locale: 'en-US',
    zoneinfo: 'America/Los_Angeles',
    updated_at: 1_705_311_000,
    email: login,
    email_verified: true,
  }
}
