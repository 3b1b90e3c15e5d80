import { printable } from '../safe-text.js'

/** The account of a user, from the claims of the ID token (OpenID Connect Core §5.1). */
export interface Account {
  /** The user id at Okta. */
  readonly sub: string
  /** The username at Okta (`preferred_username`); `undefined` if the app may not read the profile. */
  readonly login: string | undefined
  readonly email: string | undefined
  /** The display name. */
  readonly name: string | undefined
}

/** Returns the account of validated ID token claims. */
export function accountOf(claims: Readonly<Record<string, unknown>> & { readonly sub: string }): Account {
  return { sub: claims.sub, login: text(claims.preferred_username), email: text(claims.email), name: text(claims.name) }
}

// A name with invisible characters, or a very long one, could look like another one.
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 320 && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(value)
    ? value
    : undefined
}

/**
 * Returns the name of an account for messages: its username, otherwise its email address, otherwise its ID. Always one line.
 *
 * @example
 * if (session.account !== undefined) console.log(`Signed in as ${accountName(session.account)}.`)
 */
export function accountName({ login, email, sub }: Account): string {
  return printable(login ?? email ?? sub).replace(/\s+/g, ' ')
}

/** Merges an account with that of a refresh, whose ID token may have fewer claims. */
export function mergeAccounts(earlier: Account | undefined, latest: Account | undefined): Account | undefined {
  if (earlier === undefined || latest === undefined) return latest ?? earlier
  const { sub, login, email, name } = latest
  return { sub, login: login ?? earlier.login, email: email ?? earlier.email, name: name ?? earlier.name }
}

/** Returns whether a stored value is an account. */
export function isAccount(value: unknown): value is Account {
  if (typeof value !== 'object' || value === null) return false
  const { sub, login, email, name } = value as Record<string, unknown>
  return typeof sub === 'string' && [login, email, name].every(one => one === undefined || typeof one === 'string')
}
