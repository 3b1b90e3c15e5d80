import type { User } from '../org/users/user.js'

/** All claims about a user, for ID tokens and userinfo. `sub` is the user ID, `preferred_username` the login. */
export function userClaims({ id, profile: { login, email, firstName, lastName } }: User) {
  return {
    sub: id,
    name: `${firstName} ${lastName}`,
    preferred_username: login,
    given_name: firstName,
    family_name: lastName,
    locale: 'en-US',
    zoneinfo: 'America/Los_Angeles',
    updated_at: 1_705_311_000,
    email,
    email_verified: true,
  }
}
