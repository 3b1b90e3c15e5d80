import type { Notify } from '../../notice.js'
import { printable } from '../../safe-text.js'
import { isShortLived, type TokenRecord } from '../../stores/token-record.js'

/** Notifies that another account than the one of the login hint signed in: a hint only fills in the form. */
export function notifyOtherAccount({ login, account }: TokenRecord, notify: Notify): void {
  const hint = login.identity.type === 'user' ? login.identity.loginHint?.toLowerCase() : undefined
  if (hint === undefined || account?.login === undefined) return
  const names = [account.login, account.email ?? '', account.login.replace(/@.*/, '')].map(name => name.toLowerCase())
  if (names.includes(hint)) return
  const message = `Signed in as ${printable(account.login)}, not as ${printable(hint)}.`
  notify({ code: 'account_differs', message })
}

/** Notifies that a new token has a short lifetime, or lacks requested scopes. */
export function notifyLimits(record: TokenRecord, notify: Notify): void {
  if (isShortLived(record)) notifyShortLife(record, notify)
  const missing = missingScopes(record)
  if (missing.length === 0) return
  const list = missing.join(' ')
  notify({
    code: 'scope_missing',
    message:
      record.login.broker === undefined
        ? `Okta did not grant ${list}. Grant it at Applications > your app > Okta API Scopes, then sign in again.`
        : `The broker did not grant ${list}. Add these scopes to the client in the configuration of the broker.`,
  })
}

/** Notifies once for each token that it has a shorter lifetime than requested: programs request it before each of their requests. */
export class ShortLifeNotices {
  readonly #notify: Notify
  #reported: TokenRecord['generation'] | undefined

  constructor(notify: Notify) {
    this.#notify = notify
  }

  report(record: TokenRecord, minValidityMs: number | undefined): void {
    if (!isShortLived(record, minValidityMs) || this.#reported === record.generation) return
    this.#reported = record.generation
    notifyShortLife(record, this.#notify)
  }
}

function notifyShortLife(record: TokenRecord, notify: Notify): void {
  const seconds = Math.round((record.expiresAt - record.obtainedAt) / 1000)
  notify({
    code: 'short_lived_token',
    message:
      record.login.broker === undefined
        ? `Tokens of this app expire after ${seconds} s, sooner than requested.`
        : `The token of the broker expires after ${seconds} s, sooner than requested.`,
  })
}

/** Returns the scopes that were requested and not granted. */
export function missingScopes({ login, grantedScopes }: TokenRecord): readonly string[] {
  return login.scopes.filter(scope => !grantedScopes.includes(scope))
}
