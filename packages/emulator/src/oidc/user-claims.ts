import type { User } from '../org/users/user.js'

/**
 * All claims about a user, for ID tokens and userinfo (OpenID Connect Core §5.1). `sub` is the user ID, `preferred_username`
 * the login.
 */
export function userClaims({ id, profile, lastUpdated }: User) {
  const { login, email, firstName, lastName } = profile
  const others = {
    middle_name: profile.middleName,
    nickname: profile.nickName,
    profile: profile.profileUrl,
    phone_number: profile.primaryPhone ?? profile.mobilePhone,
    address: addressOf(profile),
  }
  return {
    sub: id,
    name: [firstName, lastName].filter(name => name).join(' '),
    preferred_username: login,
    given_name: firstName,
    family_name: lastName,
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined && value !== null)),
    locale: String(profile.locale ?? 'en-US'),
    zoneinfo: String(profile.timezone ?? 'America/Los_Angeles'),
    updated_at: Math.floor(lastUpdated.getTime() / 1000),
    email,
    email_verified: true,
  }
}

/** The claims of each scope. Those of `openid` are in every ID token. */
export const SCOPE_CLAIMS = {
  openid: ['sub', 'auth_time', 'amr', 'preferred_username', 'name'],
  profile: [
    ...['name', 'preferred_username', 'given_name', 'family_name', 'middle_name', 'nickname', 'profile'],
    ...['locale', 'zoneinfo', 'updated_at'],
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number'],
  address: ['address'],
}

function addressOf({ streetAddress, city, state, zipCode, countryCode }: User['profile']): object | undefined {
  const members = {
    street_address: streetAddress,
    locality: city,
    region: state,
    postal_code: zipCode,
    country: countryCode,
  }
  const set = Object.entries(members).filter(([, value]) => value !== undefined && value !== null)
  return set.length === 0 ? undefined : Object.fromEntries(set)
}
