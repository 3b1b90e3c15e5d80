import { statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { isAbsolute, join, sep } from 'node:path'
import { OktaConnectError, optionsInvalid } from './errors.js'
import { fetchOnTheWay } from './http/proxy-fetch.js'
import { createMemoryStore } from './stores/memory-store.js'
import type { TokenStore } from './stores/token-store.js'

/** Something a person may want to know although nothing failed. */
export interface Notice {
  /** Stable, snake_case. */
  readonly code:
    | 'account_differs'
    | 'api_forbidden'
    | 'clock_skew'
    | 'device_code'
    | 'key_file_readable'
    | 'offline_access_refused'
    | 'record_ignored'
    | 'revocation_failed'
    | 'retrying'
    | 'scope_missing'
    | 'short_lived_token'
    | 'store_unsealed'
    | 'waiting'
  /** One sentence, free of secrets. */
  readonly message: string
}

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

/** Takes notices; must not throw. */
export type Notify = (notice: Notice) => void

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

/** What a process finds around it. */
export interface Surroundings {
  /** The environment. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The home folder, where this user has one. */
  readonly home: string | undefined
  /** The folder of this user's profiles: `CONNECT_OKTA_CONFIG_DIR`, else the platform's place, `~/.config/connect-okta`. */
  readonly configDirectory: string
  /** See {@link defaultStateDirectory}. */
  readonly stateDirectory: string
}

/** The surroundings of this process. */
export function surroundings(): Surroundings {
  return {
    variables: process.env,
    home: homeIfAny(),
    get configDirectory() {
      const { CONNECT_OKTA_CONFIG_DIR, XDG_CONFIG_HOME, APPDATA } = process.env
      if (CONNECT_OKTA_CONFIG_DIR) return absolute(CONNECT_OKTA_CONFIG_DIR, 'CONNECT_OKTA_CONFIG_DIR')
      return process.platform === 'win32'
        ? join(ifAbsolute(APPDATA) ?? join(homeFolder(), 'AppData', 'Roaming'), 'connect-okta')
        : join(ifAbsolute(XDG_CONFIG_HOME) ?? join(homeFolder(), '.config'), 'connect-okta')
    },
    get stateDirectory() {
      return defaultStateDirectory()
    },
  }
}

// An empty or relative HOME would be the current folder, which may be anybody's, and with sudo it may be the home of another
// user, in which root would make folders: then the system's user database counts. A user may be a number without an entry.
function homeIfAny(): string | undefined {
  for (const home of [homedir, () => userInfo().homedir]) {
    try {
      const found = ifAbsolute(home())
      if (found !== undefined && !isForeignToRoot(found)) return found
    } catch {}
  }
  return undefined
}

function isForeignToRoot(path: string): boolean {
  return process.getuid?.() === 0 && (statSync(path, { throwIfNoEntry: false })?.uid ?? 0) !== 0
}

// The XDG Base Directory Specification has relative paths ignored.
function ifAbsolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined
}

/**
 * A path from a variable that is ours to define.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a relative one: it would depend on the current folder.
 */
export function absolute(path: string, variable: string): string {
  if (isAbsolute(path)) return path
  throw optionsInvalid(`${variable} is not an absolute path.`, `Set ${variable} to a path that begins with ${sep}.`)
}

/** @throws {@link OktaConnectError} `store_failed` where this user has none. */
export function homeFolder(): string {
  const found = homeIfAny()
  if (found !== undefined) return found
  throw new OktaConnectError('store_failed', 'This user has no home folder.', {
    hint: 'Set HOME, or both CONNECT_OKTA_CONFIG_DIR and CONNECT_OKTA_STATE_DIR.',
  })
}

/**
 * The folder in which this user's tokens are stored: `CONNECT_OKTA_STATE_DIR`, else the platform's place for state,
 * such as `~/.local/state/connect-okta`.
 *
 * @throws {@link OktaConnectError} `store_failed` where this user has no home, `options_invalid` for a relative path
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultStateDirectory(): string {
  const { CONNECT_OKTA_STATE_DIR, XDG_STATE_HOME, LOCALAPPDATA } = process.env
  if (CONNECT_OKTA_STATE_DIR) return absolute(CONNECT_OKTA_STATE_DIR, 'CONNECT_OKTA_STATE_DIR')
  switch (process.platform) {
    case 'win32':
      return join(ifAbsolute(LOCALAPPDATA) ?? join(homeFolder(), 'AppData', 'Local'), 'connect-okta')
    case 'darwin':
      return join(homeFolder(), 'Library', 'Application Support', 'connect-okta')
    default:
      return join(ifAbsolute(XDG_STATE_HOME) ?? join(homeFolder(), '.local', 'state'), 'connect-okta')
  }
}
