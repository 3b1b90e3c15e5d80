import type { Deps } from '../../deps.js'
import type { TokenSlot } from '../../stores/token-store.js'

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
