import { currentEnvironment, type Environment } from './environment.js'
import { optionsInvalid } from './errors.js'
import { proxyFetch } from './http/proxy-fetch.js'
import type { Notify } from './notice.js'
import { createMemoryStore } from './stores/memory-store.js'
import { receiveNotices } from './stores/store-notices.js'
import type { TokenStore } from './stores/token-store.js'

/** What a user needs to sign in on another device. */
export interface DeviceCodePrompt {
  readonly userCode: string
  /** Where to enter the code. */
  readonly verificationUri: string
  /** The same URL with the code in it, for a QR code. */
  readonly verificationUriComplete: string | undefined
  readonly expiresAt: Date
}

/** What a user needs to paste the callback URL of a sign-in. */
export interface CallbackUrlPrompt {
  /** The URL to open, with a browser on any machine. */
  readonly authorizationUrl: URL
  /** What the callback URL starts with. The browser shows an error page there. */
  readonly redirectUri: string
  /** What was wrong with the previous URL; `undefined` at the first prompt. */
  readonly problem: string | undefined
  /** Aborted when the sign-in has ended. */
  readonly signal: AbortSignal
}

/** The dependencies of the core, each with a default. Your program can replace any of them. */
export interface Deps {
  /**
   * Sends a request. Default: the global `fetch`, with the proxy in `HTTPS_PROXY` and `NO_PROXY`, and with the additional
   * certificate authorities in `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE`.
   */
  readonly fetch: typeof globalThis.fetch
  /** Returns the time, in milliseconds since 1970. Default: `Date.now`. */
  now(): number
  /**
   * Measures intervals, in milliseconds. It never goes back when the clock is set. Default: `performance.now`.
   */
  monotonicNow(): number
  /**
   * Opens the URL at which the user signs in. Resolves when the browser has started. Default: the default browser of the system, or
   * the one in the environment variable `BROWSER`.
   *
   * @param signal aborted when the sign-in has ended. Pass it to {@link openBrowser}, which then removes its temporary file.
   */
  openBrowser(url: URL, signal?: AbortSignal): Promise<void>
  /**
   * Shows the code that a user enters on another device (RFC 8628). Default: a notice.
   */
  showDeviceCode(prompt: DeviceCodePrompt): void | Promise<void>
  /**
   * For the option `manual`: shows a URL to the user, and returns the URL that the browser was redirected to. Default: throws
   * `options_invalid`.
   */
  askCallbackUrl(prompt: CallbackUrlPrompt): Promise<string>
  /** The environment that contains the identity token of the platform. Default: the environment of this process. */
  readonly environment: Environment
  /**
   * Runs a command of the platform that prints an identity token, and returns its standard output. It never gets a secret.
   * Default: a child process, for at most 30 s.
   */
  runCommand(command: string, args: readonly string[], signal?: AbortSignal): Promise<string>
  /** Where tokens are stored. Default: one memory store for the whole process. */
  readonly store: TokenStore
  /** Receives notices. Default: none. */
  readonly notify: Notify
}

const processStore = createMemoryStore()

/**
 * The default of {@link Deps.fetch}, for programs that wrap it.
 *
 * @throws {@link OktaConnectError} later: `options_invalid` for a proxy or a certificate file that cannot be used; else as
 * `fetch`
 * @example
 * const fetch: typeof defaultFetch = async (input, init) => {
 *   console.error(String(input))
 *   return await defaultFetch(input, init)
 * }
 */
export const defaultFetch = proxyFetch(
  (input, init) => globalThis.fetch(input, init),
  () => process.env,
)

const defaults: Omit<Deps, 'showDeviceCode'> = {
  fetch: defaultFetch,
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  askCallbackUrl: async () => {
    throw optionsInvalid(
      'A manual sign-in needs the function askCallbackUrl.',
      'Pass askCallbackUrl with the dependencies, or omit manual.',
    )
  },
  openBrowser: async (url, signal) => (await import('./sign-in/open-browser.js')).openBrowser(url, { signal }),
  environment: currentEnvironment(),
  runCommand: async (command, args, signal) =>
    (await import('./keys/identity/run-command.js')).runCommand(command, args, signal),
  store: processStore,
  notify: () => {},
}

/**
 * Returns the given dependencies, and defaults for the others.
 *
 * @throws {@link OktaConnectError} `options_invalid` for one of a wrong type
 */
export function withDefaults(deps: Partial<Deps> = {}): Deps {
  rejectWrongTypes(deps)
  const notify = deps.notify ?? defaults.notify
  const store = deps.store ?? defaults.store
  if (deps.notify !== undefined) receiveNotices(store, deps.notify)
  const showDeviceCode = ({ verificationUri, userCode }: DeviceCodePrompt) =>
    notify({ code: 'device_code', message: `To sign in, go to ${verificationUri} and enter the code ${userCode}.` })
  return {
    fetch: deps.fetch ?? defaults.fetch,
    now: deps.now ?? defaults.now,
    monotonicNow: deps.monotonicNow ?? defaults.monotonicNow,
    openBrowser: deps.openBrowser ?? defaults.openBrowser,
    showDeviceCode: deps.showDeviceCode ?? showDeviceCode,
    askCallbackUrl: deps.askCallbackUrl ?? defaults.askCallbackUrl,
    environment: deps.environment ?? defaults.environment,
    runCommand: deps.runCommand ?? defaults.runCommand,
    store,
    notify,
  }
}

const functionNames = [
  'fetch',
  'now',
  'monotonicNow',
  'openBrowser',
  'showDeviceCode',
  'askCallbackUrl',
  'runCommand',
  'notify',
] as const satisfies readonly (keyof Deps)[]

function rejectWrongTypes(deps: Partial<Deps>): void {
  const wrong = functionNames.find(name => deps[name] !== undefined && typeof deps[name] !== 'function')
  if (wrong !== undefined)
    throw optionsInvalid(`The dependency ${wrong} is not a function.`, `Omit ${wrong}, or pass a function.`)
  const { environment, store } = deps
  if (environment !== undefined && typeof Object(environment).variables !== 'object') {
    throw optionsInvalid('The dependency environment is not an environment.', 'Omit it, or use currentEnvironment().')
  }
  if (store === undefined || typeof Object(store).read === 'function') return
  const name = typeof store === 'string' && /^(auto|file|memory)$/i.test(store) ? store : 'auto'
  throw optionsInvalid('The dependency store is not a token store.', `Use openStore('${name}').`)
}
