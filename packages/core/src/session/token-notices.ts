import type { Notify } from '../notice.js'
import { printable } from '../safe-text.js'
import { isShortLived, type TokenRecord } from '../stores/token-record.js'

/** Says when another account than the one of the login hint has signed in: a hint only fills in the form. */
export function noticeOtherAccount({ login, account }: TokenRecord, notify: Notify): void {
  const hint = login.identity.type === 'user' ? login.identity.loginHint?.toLowerCase() : undefined
  if (hint === undefined || account?.login === undefined) return
  const names = [account.login, account.email ?? '', account.login.replace(/@.*/, '')].map(name => name.toLowerCase())
  if (names.includes(hint)) return
  const message = `Signed in as ${printable(account.login)}, not as ${printable(hint)}.`
  notify({ code: 'account_differs', message })
}

/** Says what a new token lacks: time, or scopes that were asked for. */
export function noticeLimits(record: TokenRecord, notify: Notify): void {
  if (isShortLived(record)) noticeShortLife(record, notify)
  const missing = missingScopes(record)
  if (missing.length === 0) return
  notify({
    code: 'scope_missing',
    message: `Okta left out ${missing.join(' ')}. Grant it at Applications > your app > Okta API Scopes, then log in again.`,
  })
}

/** Says that a token lives for less time than is asked for. */
export function noticeShortLife(record: TokenRecord, notify: Notify): void {
  const seconds = Math.round((record.expiresAt - record.obtainedAt) / 1000)
  notify({
    code: 'short_lived_token',
    message: `Tokens of this app live ${seconds} s only, which is shorter than what is asked for.`,
  })
}

/** The scopes that were asked for and not granted. */
export function missingScopes({ login, grantedScopes }: TokenRecord): readonly string[] {
  return login.scopes.filter(scope => !grantedScopes.includes(scope))
}
