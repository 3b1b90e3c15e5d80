import type { EmulatorUser } from '../org/users/directory.js'

/** All claims about a user, for ID tokens and userinfo. `sub` is the user ID, `preferred_username` the login. */
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
