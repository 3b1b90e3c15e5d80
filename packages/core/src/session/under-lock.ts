import type { Deps } from '../deps.js'
import type { TokenSlot } from '../stores/token-store.js'

/**
 * The dependencies of a renewal, which runs under the lock of its record: each request first confirms that the lock is still
 * held, and other processes that wait for it are told where to sign in, so that they open no tab of their own.
 */
export function underLock(slot: TokenSlot, deps: Deps): Deps {
  const announce = (text: string) => slot.announce(text).catch(() => {})
  return {
    ...deps,
    async fetch(...request) {
      await slot.confirm()
      return await deps.fetch(...request)
    },
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
