import { optionsInvalid } from './errors.js'
import { fetchOnTheWay } from './http/proxy-fetch.js'
import type { Notify } from './notice.js'
import { createMemoryStore } from './stores/memory-store.js'
import type { TokenStore } from './stores/token-store.js'

/** What a person needs to sign in on another device. */
export interface DeviceCodePrompt {
  readonly userCode: string
  /** Where to enter it. */
  readonly verificationUri: string
  /** The same with the code in it, for a QR code. Okta sends it. */
  readonly verificationUriComplete: string | undefined
  readonly expiresAt: Date
}

/** What a person needs to bring the answer of a sign-in by hand. */
export interface CallbackUrlPrompt {
  /** What to open, in any browser on any machine. */
  readonly authorizationUrl: URL
  /** How the address begins at which the browser ends. No page will be there. */
  readonly redirectUri: string
  /** What was wrong with what they brought before. */
  readonly problem: string | undefined
  /** Fires when nobody waits any more. */
  readonly signal: AbortSignal
}

/** Everything that the core takes from the world. A program replaces what it wants to keep in its own hands. */
export interface Deps {
  /**
   * Sends a request. Default: the global `fetch`, through the proxy that `HTTPS_PROXY` and `NO_PROXY` name, trusting the
   * authorities in `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE` too.
   */
  readonly fetch: typeof globalThis.fetch
  /** The time, in milliseconds since 1970. Default: `Date.now`. */
  now(): number
  /**
   * Measures intervals, in milliseconds since any moment: never set, unlike the time. Default: `performance.now`.
   */
  monotonicNow(): number
  /**
   * Shows a URL to the person who is to sign in. Default: the browser of the system, or the one that `BROWSER` names.
   * Resolves when the URL is on its way; the sign-in goes on by itself.
   *
   * @param signal fires when the sign-in is over: what the URL needed to be shown can go. Pass it on to {@link openBrowser}.
   */
  openBrowser(url: URL, signal?: AbortSignal): Promise<void>
  /**
   * Shows the code that a person is to enter elsewhere (RFC 8628). Default: a notice.
   */
  showDeviceCode(prompt: DeviceCodePrompt): void | Promise<void>
  /**
   * Shows an address to the person and asks for the one that their browser ended at, where nothing can listen for it
   * (`manual`). Default: `options_invalid`, since nobody is there to ask.
   */
  askCallbackUrl(prompt: CallbackUrlPrompt): Promise<string>
  /** Where tokens outlive a session. Default: one memory store for the whole process. */
  readonly store: TokenStore
  /** Hears of notices. Default: nobody does. */
  readonly notify: Notify
}

const processStore = createMemoryStore()

/**
 * What sends requests unless {@link Deps.fetch} is given, for who wants to look at them on their way.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a proxy or a file of certificates that cannot be used
 */
export const defaultFetch: typeof globalThis.fetch = (input, init) =>
  fetchOnTheWay(globalThis.fetch, process.env, input, init)

const defaults: Omit<Deps, 'showDeviceCode'> = {
  fetch: defaultFetch,
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  askCallbackUrl: async () => {
    throw optionsInvalid(
      'A manual sign-in needs somebody to ask.',
      'Give a function askCallbackUrl, or leave manual out.',
    )
  },
  openBrowser: async (url, signal) => (await import('./sign-in/open-browser.js')).openBrowser(url, { signal }),
  store: processStore,
  notify: () => {},
}

/** The given dependencies, and the defaults for the rest. */
export function withDefaults(deps: Partial<Deps> = {}): Deps {
  const notify = deps.notify ?? defaults.notify
  const showDeviceCode = ({ verificationUri, userCode }: DeviceCodePrompt) =>
    notify({ code: 'device_code', message: `To sign in, go to ${verificationUri} and enter the code ${userCode}.` })
  return {
    fetch: deps.fetch ?? defaults.fetch,
    now: deps.now ?? defaults.now,
    monotonicNow: deps.monotonicNow ?? defaults.monotonicNow,
    openBrowser: deps.openBrowser ?? defaults.openBrowser,
    showDeviceCode: deps.showDeviceCode ?? showDeviceCode,
    askCallbackUrl: deps.askCallbackUrl ?? defaults.askCallbackUrl,
    store: deps.store ?? defaults.store,
    notify,
  }
}
