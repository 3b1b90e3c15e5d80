import { printable } from '@connect-okta/core/api'
import { accountName } from '@connect-okta/core/stores'
import type { Account } from '@connect-okta/core/types'

/** The username of an account, and its display name: `ada@example.com (Ada Lovelace)`. Always one line. */
export function accountLabel(account: Account): string {
  const login = accountName(account)
  const name = printable(account.name ?? '')
    .replace(/\s+/g, ' ')
    .trim()
  return name === '' || name === login ? login : `${login} (${name})`
}
