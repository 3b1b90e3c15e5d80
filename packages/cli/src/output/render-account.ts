import type { Account } from '@connect-okta/core/types'

/** The name of an account in messages: the user name at Okta, else the email address or the ID. Always one line. */
export function renderAccount({ login, email, sub }: Account): string {
  return (login ?? email ?? sub).replace(/\s+/g, ' ')
}
