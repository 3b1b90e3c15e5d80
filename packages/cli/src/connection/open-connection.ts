import {
  type AccessToken,
  type ConnectOptions,
  connect,
  type Deps,
  isOktaConnectError,
  type OktaConnectError,
  type OktaSession,
  type ResumeOptions,
  resume,
} from '@connect-okta/core'
import {
  connectOptionsOf,
  type Environment,
  isHeadless,
  type ResolvedSettings,
  readSettings,
  requireConnectOptions,
  type Settings,
} from '@connect-okta/core/profiles'
import { openStore, type TokenStore } from '@connect-okta/core/stores'
import type { TokenOptions } from '@connect-okta/core/types'
import type { Terminal } from '../output/terminal.js'
import { type ConnectionFlags, readFlags, rejectWithoutBroker } from './connection-flags.js'
import { withHintForJob } from './job.js'

/** A configured connection, and the dependencies of its sessions. */
export interface OpenConnection {
  readonly settings: ResolvedSettings
  readonly store: TokenStore
  readonly deps: Partial<Deps>
}

/**
 * Reads the settings of a connection, from the flags and from everywhere else.
 *
 * @param mayBeNew whether the profile may not exist yet.
 * @param isTraced whether `--verbose` prints the requests. Default: true.
 */
export async function openConnection(
  flags: ConnectionFlags,
  terminal: Terminal,
  { mayBeNew = false, isTraced = true }: { readonly mayBeNew?: boolean; readonly isTraced?: boolean } = {},
): Promise<OpenConnection> {
  return await connectionOf(await readConnection(flags, terminal, { mayBeNew }), terminal, isTraced)
}

/** The settings of {@link openConnection}. */
export async function readConnection(
  flags: ConnectionFlags,
  { io }: Terminal,
  { mayBeNew = false }: { readonly mayBeNew?: boolean } = {},
): Promise<ResolvedSettings> {
  const { profile } = flags
  const given = await readFlags(flags, io)
  const selected = { ...(profile !== undefined && { profile }), mayBeNew }
  const settings = await readSettings(given, selected, io.environment)
  rejectWithoutBroker(flags, settings.values)
  return settings
}

/**
 * Reads settings for a command that needs few of them. If profiles or `okta.yaml` are invalid, or there is no profile with the
 * selected name, they are not used. If a variable is invalid, only the given settings and the store are used.
 *
 * @param report receives the error.
 * @throws `OktaConnectError` `options_invalid` if `CONNECT_OKTA_STORE` is invalid
 */
export async function readUsableSettings(
  given: Settings,
  selected: { readonly profile?: string },
  environment: Environment,
  report: (problem: OktaConnectError) => void,
): Promise<ResolvedSettings> {
  const { CONNECT_OKTA_PROFILE: _profile, CONNECT_OKTA_CONFIG_DIR: _folder, ...rest } = environment.variables
  const { CONNECT_OKTA_STORE } = rest
  const problems: OktaConnectError[] = []
  for (const usable of [environment, withoutFiles(rest), withoutFiles({ CONNECT_OKTA_STORE })]) {
    try {
      const settings = await readSettings(given, usable === environment ? selected : {}, usable)
      if (problems[0] !== undefined) report(problems[0])
      return settings
    } catch (problem) {
      if (!isOktaConnectError(problem)) throw problem
      problems.push(problem)
    }
  }
  throw problems.at(-1)
}

function withoutFiles(variables: Environment['variables']): Environment {
  return {
    variables,
    home: undefined,
    stateDirectory: '',
    get configDirectory(): string {
      throw new Error('This environment has no profiles.')
    },
  }
}

/**
 * Opens the store of a connection.
 *
 * @throws `OktaConnectError` if there is no such store, or no folder for it
 */
export async function connectionOf(
  settings: ResolvedSettings,
  terminal: Terminal,
  isTraced = true,
): Promise<OpenConnection> {
  const { environment } = terminal.io
  const store = openStore(settings.values.store ?? 'auto', { notify: terminal.notice, environment })
  return { settings, store, deps: await depsFor(store, terminal, isTraced) }
}

/** The note for settings that {@link readUsableSettings} does not use. */
export function unusedSettingsNote({ message }: OktaConnectError): string {
  return `note: Ignoring invalid settings: ${message}`
}

/** As {@link openConnection}, for a request. A URL selects its org, a path does not; a broker decides the org itself. */
export async function openConnectionFor(
  url: string,
  flags: ConnectionFlags,
  terminal: Terminal,
): Promise<OpenConnection> {
  const isUrl = /^https?:/i.test(url) && URL.canParse(url)
  if (!isUrl || (flags.tenant ?? flags.broker) !== undefined) return await openConnection(flags, terminal)
  const { environment } = terminal.io
  const given = await readFlags(flags, terminal.io)
  const selected = flags.profile === undefined ? {} : { profile: flags.profile }
  // Settings that are only invalid without the org of the URL are read again.
  const configured = await readSettings(given, selected, environment).catch(() => undefined)
  const tenant = new URL(url).origin
  const settings =
    configured?.values.broker === undefined
      ? await readSettings({ ...given, tenant }, selected, environment)
      : configured
  rejectWithoutBroker(flags, settings.values)
  return await connectionOf(settings, terminal)
}

/** Reads the secrets that settings refer to, and returns the options for the core. */
export async function optionsOf(settings: ResolvedSettings, terminal: Terminal): Promise<Partial<ConnectOptions>> {
  const options = await connectOptionsOf(settings, { notify: terminal.notice, environment: terminal.io.environment })
  if (settings.values.key === undefined || !terminal.canPrompt) return options
  return (await import('./prompts/ask-passphrase.js')).withPassphrasePrompt(options, terminal)
}

/**
 * As {@link optionsOf}, without the secrets and without reading them: for a selection. Of an app with several keys it can
 * select the sign-in of another key.
 */
export async function selectionOf({ values, ...rest }: ResolvedSettings): Promise<Partial<ConnectOptions>> {
  const { key, keyPassphrase: _passphrase, clientSecret, apiToken, ...plain } = values
  const isApp = (key ?? clientSecret ?? plain.broker) !== undefined && apiToken === undefined
  return await connectOptionsOf({ ...rest, values: isApp ? { grant: 'client_credentials', ...plain } : plain })
}

async function depsFor(store: TokenStore, terminal: Terminal, isTraced: boolean): Promise<Partial<Deps>> {
  const { environment, fetch } = terminal.io
  const deps = { store, notify: terminal.notice, fetch, environment }
  if (!isTraced || !terminal.options.verbose) return deps
  const { tracingFetch } = await import('./trace-requests.js')
  return { ...deps, fetch: tracingFetch(terminal) }
}

/** How {@link obtainToken} gets a token. */
interface TokenRequest extends Pick<TokenOptions, 'minValidityMs' | 'forceRefresh'> {
  /** Whether only one token is needed, which needs no key if it is stored. Default: false. */
  readonly isOneToken?: boolean
  /** Signs in a user, if no other step gets a token. Default: the user is not asked. */
  readonly signIn?: (options: ConnectOptions) => Promise<OktaSession>
}

/** A valid token, and its session. */
interface ObtainedToken {
  readonly session: OktaSession
  readonly token: AccessToken
}

/** Returns the token of a stored sign-in, else a new one by the key or secret, else one by `request.signIn`. */
export async function obtainToken(
  connection: OpenConnection,
  terminal: Terminal,
  request: TokenRequest = {},
): Promise<ObtainedToken> {
  const { minValidityMs } = request
  const { session, token } = await obtainSession(connection, terminal, request)
  const options = { ...(minValidityMs !== undefined && { minValidityMs }), signal: terminal.signal }
  return { session, token: token ?? (await session.token(options)) }
}

/**
 * As {@link obtainToken}, for requests: the token of a broker may not leave it, and then the broker sends the requests.
 *
 * @returns the token only if it is known.
 */
export async function obtainSession(
  { settings, deps }: OpenConnection,
  terminal: Terminal,
  { isOneToken = false, forceRefresh = false, signIn, ...request }: TokenRequest = {},
): Promise<Pick<ObtainedToken, 'session'> & Partial<ObtainedToken>> {
  const { signal } = terminal
  const tokenOptions = { ...request, signal }
  // A stored token needs no key. Reading a key, above all from the keyring, takes longer than all other steps.
  const selection = isOneToken && !forceRefresh ? selectionWithoutKey(settings) : undefined
  const cached = selection && (await storedToken(selection, tokenOptions, deps))
  if (cached !== undefined && 'token' in cached) return cached

  const options = await optionsOf(settings, terminal)
  if ('apiToken' in options) return { session: await connect(requireConnectOptions(options), deps) }
  const stored = await storedToken(options, { ...tokenOptions, forceRefresh }, deps)
  if ('token' in stored) return stored
  if (stored.error.code !== 'login_required') throw stored.error
  const connectNow = isHeadless(settings.values) ? (all: ConnectOptions) => connect(all, deps) : signIn
  if (connectNow === undefined) throw withHintForJob(stored.error, terminal)
  return { session: await connectNow({ ...requireConnectOptions(options), signal }) }
}

// Without a tenant or broker, and a client ID, it would select the current sign-in, which may be of another app.
function selectionWithoutKey({ values }: ResolvedSettings): ResumeOptions | undefined {
  const { key, keyPassphrase: _passphrase, clientSecret, apiToken, store: _store, ...rest } = values
  if ((key ?? clientSecret) === undefined || apiToken !== undefined) return undefined
  if ((rest.tenant ?? rest.broker) === undefined || rest.clientId === undefined) return undefined
  return { grant: 'client_credentials', ...rest }
}

// That no sign-in matches, or that its token cannot be renewed here, is a result: the next step may get a token.
async function storedToken(
  selection: ResumeOptions,
  options: TokenOptions,
  deps: Partial<Deps>,
): Promise<ObtainedToken | { readonly error: OktaConnectError }> {
  try {
    const session = await resume(selection, deps)
    return { session, token: await session.token(options) }
  } catch (error) {
    if (isOktaConnectError(error) && ['login_required', 'key_required'].includes(error.code)) return { error }
    throw error
  }
}
