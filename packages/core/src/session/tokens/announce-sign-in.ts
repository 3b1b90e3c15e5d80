import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import type { Notify } from '../../notice.js'
import { loginExpired } from '../../oauth/grants/run-grant.js'
import type { LockHolder, TokenSlot } from '../../stores/token-store.js'

/**
 * Adds to the dependencies of a renewal that the processes which wait for the same record learn where the user signs in,
 * so that they open no browser of their own.
 */
export function announceSignIn(slot: TokenSlot, deps: Deps): Deps {
  const announce = (text: string) => slot.announce(text).catch(() => {})
  return {
    ...deps,
    async openBrowser(url, signal) {
      await announce(`go to ${url.href}`)
      await deps.openBrowser(url, signal)
    },
    async showDeviceCode(prompt) {
      await announce(`go to ${prompt.verificationUri} and enter the code ${prompt.userCode}`)
      await deps.showDeviceCode(prompt)
    },
  }
}

/** Notifies that another process renews the token or signs a user in. A session that may not ask a user does not wait for a sign-in. */
export function notifyWaiting({ owner, message }: LockHolder, attempt: Attempt, notify: Notify): void {
  if (message !== undefined && attempt.grantRequest.type === 'none') throw loginExpired(attempt)
  const what = message === undefined ? 'is renewing the token' : `is signing in: ${message}`
  notify({ code: 'waiting', message: `Waiting for ${owner}, which ${what}` })
}
