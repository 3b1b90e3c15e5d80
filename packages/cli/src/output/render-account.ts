import type { Account } from '@connect-okta/core/types'

/** How messages name who signed in: the user name at Okta, else what is known. The user may have chosen it: one line. */
export function renderAccount({ login, email, sub }: Account): string {
  return (login ?? email ?? sub).replace(/\s+/g, ' ')
}
