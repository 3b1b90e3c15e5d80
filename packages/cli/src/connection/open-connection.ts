import {
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
  isHeadless,
  type ResolvedSettings,
  readSettings,
  requireConnectOptions,
} from '@connect-okta/core/profiles'
import { openStore, type TokenStore } from '@connect-okta/core/stores'
import type { TokenOptions } from '@connect-okta/core/types'
import type { Terminal } from '../output/terminal.js'
import { type ConnectionFlags, readFlags } from './connection-flags.js'

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
 */
export async function openConnection(
  flags: ConnectionFlags,
  terminal: Terminal,
  { mayBeNew = false }: { readonly mayBeNew?: boolean } = {},
): Promise<OpenConnection> {
  const given = await readFlags(flags, terminal.io)
  const { profile } = flags
  const { environment } = terminal.io
  const settings = await readSettings(given, { ...(profile !== undefined && { profile }), mayBeNew }, environment)
  const store = openStore(settings.values.store ?? 'auto', { notify: terminal.notice, environment })
  return { settings, store, deps: await depsFor(store, terminal) }
}

/** As {@link openConnection}, for a request. A URL selects its org, a path does not. */
export async function openConnectionFor(
  url: string,
  flags: ConnectionFlags,
  terminal: Terminal,
): Promise<OpenConnection> {
  const tenant = flags.tenant ?? (URL.canParse(url) ? new URL(url).origin : undefined)
  return await openConnection({ ...flags, tenant }, terminal)
}

/** Reads the secrets that settings refer to, and returns the options for the core. */
export async function optionsOf(settings: ResolvedSettings, terminal: Terminal): Promise<Partial<ConnectOptions>> {
  return await connectOptionsOf(settings, { notify: terminal.notice, environment: terminal.io.environment })
}

async function depsFor(store: TokenStore, terminal: Terminal): Promise<Partial<Deps>> {
  const deps = { store, notify: terminal.notice, fetch: terminal.io.fetch }
  if (!terminal.options.verbose) return deps
  const { tracingFetch } = await import('./trace-requests.js')
  return { ...deps, fetch: tracingFetch(terminal) }
}

/** How {@link obtainSession} gets a token. */
interface SessionRequest extends Pick<TokenOptions, 'minValidityMs' | 'forceRefresh'> {
  /** Whether the session is for one token only, so that it needs no key if a token is stored. */
  readonly isOneToken?: boolean
  /** Signs in a user, if there is no other way to a token. Default: the user is not asked. */
  readonly signIn?: (options: ConnectOptions) => Promise<OktaSession>
}

/** Returns a session with a valid token: of a stored sign-in, else with the key or secret, else by `request.signIn`. */
export async function obtainSession(
  { settings, deps }: OpenConnection,
  terminal: Terminal,
  { isOneToken = false, signIn, ...request }: SessionRequest = {},
): Promise<OktaSession> {
  const { signal } = terminal
  const tokenOptions = { ...request, signal }
  // A stored token needs no key. Reading a key, above all from the keyring, takes longer than all other steps.
  const selection = isOneToken && !request.forceRefresh ? selectionWithoutKey(settings) : undefined
  const cached = selection && (await findSession(selection, tokenOptions, deps))
  if (cached?.session !== undefined) return cached.session

  const options = await optionsOf(settings, terminal)
  if ('apiToken' in options) return await connect(requireConnectOptions(options), deps)
  const stored = await findSession(options, tokenOptions, deps)
  if (stored.session !== undefined) return stored.session
  if (stored.error.code !== 'login_required') throw stored.error
  if (isHeadless(settings.values)) return await connect({ ...requireConnectOptions(options), signal }, deps)
  if (signIn !== undefined) return await signIn({ ...requireConnectOptions(options), signal })
  throw stored.error
}

// Without a tenant and a client ID it would select the current sign-in, which may be of another app.
function selectionWithoutKey({ values }: ResolvedSettings): ResumeOptions | undefined {
  const { key, clientSecret, apiToken, tenant, clientId, store: _store, ...rest } = values
  if ((key ?? clientSecret) === undefined || apiToken !== undefined) return undefined
  if (tenant === undefined || clientId === undefined) return undefined
  return { grant: 'client_credentials', ...rest, tenant, clientId }
}

type FoundSession =
  | { readonly session: OktaSession }
  | { readonly session?: undefined; readonly error: OktaConnectError }

// A missing sign-in, or a token that nothing here can renew, is a result: the next step may get a token.
async function findSession(
  selection: ResumeOptions,
  options: TokenOptions,
  deps: Partial<Deps>,
): Promise<FoundSession> {
  try {
    const session = await resume(selection, deps)
    await session.token(options)
    return { session }
  } catch (error) {
    if (isOktaConnectError(error) && ['login_required', 'key_required'].includes(error.code)) return { error }
    throw error
  }
}
