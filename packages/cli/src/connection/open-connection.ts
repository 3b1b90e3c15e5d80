import {
  type ConnectOptions,
  connect,
  type Deps,
  isOktaConnectError,
  type OktaSession,
  resume,
} from '@connect-okta/core'
import {
  connectOptionsOf,
  type ResolvedSettings,
  readSettings,
  requireConnectOptions,
} from '@connect-okta/core/profiles'
import { openStore, type TokenStore } from '@connect-okta/core/stores'
import type { TokenOptions } from '@connect-okta/core/types'
import type { Terminal } from '../output/terminal.js'
import { type ConnectionFlags, readFlags } from './connection-flags.js'

/** A connection as it is configured, and what a session of it takes from this program. */
export interface OpenConnection {
  readonly settings: ResolvedSettings
  readonly store: TokenStore
  readonly deps: Partial<Deps>
}

/**
 * Reads which connection is meant: from the flags, and from wherever else people put settings.
 *
 * @param mayBeNew whether the profile need not be there yet.
 */
export async function openConnection(
  flags: ConnectionFlags,
  terminal: Terminal,
  { mayBeNew = false }: { readonly mayBeNew?: boolean } = {},
): Promise<OpenConnection> {
  const given = await readFlags(flags, terminal.io)
  const { profile } = flags
  const settings = await readSettings(given, { ...(profile !== undefined && { profile }), mayBeNew })
  const store = openStore(settings.values.store ?? 'auto', { notify: terminal.notice })
  return { settings, store, deps: await depsFor(store, terminal) }
}

/** What every command takes from the world: a store, ears for notices, and at --verbose eyes for requests. */
export async function depsFor(store: TokenStore, terminal: Terminal): Promise<Partial<Deps>> {
  const deps = { store, notify: terminal.notice, fetch: terminal.io.fetch }
  if (!terminal.options.verbose) return deps
  const { tracingFetch } = await import('./trace-requests.js')
  return { ...deps, fetch: tracingFetch(terminal) }
}

/** What a command wants of a session. */
interface Wish extends TokenOptions {
  /** Whether it asks for one token alone, and needs no key when that is at hand. */
  readonly isOneToken?: boolean
  /** Signs a person in, where nothing else helps. Without it, nobody is ever asked. */
  readonly signIn?: (options: ConnectOptions) => Promise<OktaSession>
}

/**
 * A session with a good token in hand: goes on with a stored login, which leaves the current one alone; where there is none,
 * a key or secret makes one.
 */
export async function obtainSession(
  { settings, deps }: OpenConnection,
  { isOneToken = false, signIn, ...tokenOptions }: Wish,
): Promise<OktaSession> {
  if (isOneToken && !tokenOptions.forceRefresh) {
    const session = await findWithoutSecrets(settings, deps, tokenOptions)
    if (session !== undefined) return session
  }
  const options = await connectOptionsOf(settings, deps.notify && { notify: deps.notify })
  if ('apiToken' in options) return await connect(requireConnectOptions(options), deps)
  try {
    const session = await resume(options, deps)
    await session.token(tokenOptions)
    return session
  } catch (error) {
    const { signal } = tokenOptions
    if (!isOktaConnectError(error) || error.code !== 'login_required') throw error
    const whole = { ...requireConnectOptions(options), ...(signal !== undefined && { signal }) }
    if (isHeadless(settings)) return await connect(whole, deps)
    if (signIn === undefined) throw error
    return await signIn(whole)
  }
}

// A token at hand needs no key: reading one, from the keyring at that, takes longer than all else.
async function findWithoutSecrets(
  { values }: ResolvedSettings,
  deps: Partial<Deps>,
  tokenOptions: TokenOptions,
): Promise<OktaSession | undefined> {
  const { key, clientSecret, apiToken, tenant, clientId, store: _open, ...rest } = values
  if ((key ?? clientSecret) === undefined || apiToken !== undefined) return undefined
  // Without these, whatever was connected last would do, and it may have another key.
  if (tenant === undefined || clientId === undefined) return undefined
  try {
    const session = await resume({ ...rest, tenant, clientId }, deps)
    if (isHeadless({ values }) !== (session.grant === 'client_credentials')) return undefined
    await session.token(tokenOptions)
    return session
  } catch (error) {
    if (isOktaConnectError(error) && ['login_required', 'key_required'].includes(error.code)) return undefined
    throw error
  }
}

/** Whether a connection comes about without a person. */
export function isHeadless({ values }: Pick<ResolvedSettings, 'values'>): boolean {
  const { grant, key, clientSecret, apiToken } = values
  if (grant !== undefined) return grant === 'client_credentials' || grant === 'api_token'
  return (key ?? clientSecret ?? apiToken) !== undefined
}
