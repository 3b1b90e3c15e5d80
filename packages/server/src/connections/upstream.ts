import {
  type AccessToken,
  type ConnectOptions,
  type Deps,
  isOktaConnectError,
  type OktaSession,
  openSession,
} from '@connect-okta/core'
import type { SignInOptions } from '@connect-okta/core/sign-in'
import type { Login, TokenStore } from '@connect-okta/core/stores'
import type { Account } from '@connect-okta/core/types'
import type { ConnectionConfig } from '../config/broker-config.js'
import { ExpiringMap } from '../state/expiring-map.js'
import { accepts } from './may-sign-in.js'
import { isUserGrant, revokeEarlier, storedLogins } from './stored-logins.js'

// More than there are sets of scopes in any sensible configuration; the oldest one goes.
const maxSessions = 200
// Each set of scopes is a token of its own, at Okta and in the store, and n scopes have 2^n - 1 sets.
const maxNarrowerSets = 10
const narrowerSetLifeMs = 60 * 60_000

/** What connections need from their surroundings. */
export interface ConnectionsDeps extends Partial<Deps> {
  readonly store: TokenStore
  now(): number
  monotonicNow(): number
}

/** What a client wants of a connection. */
export interface TokenWish {
  /** Fewer than all of the connection's, sorted; `undefined` for all. */
  readonly scopes: readonly string[] | undefined
  readonly minValidityMs: number
}

/** A connection to Okta as the broker uses it: its sessions, one for each set of scopes. */
export class Upstream {
  readonly name: string
  readonly orgUrl: URL
  readonly scopes: readonly string[]
  /** Whether a user signs in for it. */
  readonly isPersonal: boolean
  readonly #config: ConnectionConfig
  readonly #deps: ConnectionsDeps
  readonly #sessions: Map<string, Promise<OktaSession>>
  readonly #narrowerSets = new Map<string, ExpiringMap<{ readonly endsAt: number }>>()
  // The latest token of each session.
  readonly #latest = new Map<string, string>()
  #validUntil = 0

  private constructor(config: ConnectionConfig, session: OktaSession, deps: ConnectionsDeps) {
    this.name = config.name
    this.orgUrl = session.orgUrl
    this.scopes = session.scopes
    this.isPersonal = isUserGrant(session)
    this.#config = config
    this.#deps = deps
    this.#sessions = new Map([['', Promise.resolve(session)]])
  }

  /** @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid` */
  static async open(config: ConnectionConfig, deps: ConnectionsDeps): Promise<Upstream> {
    return new Upstream(config, await openFor(config, undefined, deps), deps)
  }

  /** The options of a sign-in for it. */
  signInOptions(redirectUri: string): SignInOptions {
    const { scopes, ...options } = this.#config.options as SignInOptions
    // With `profile`, the ID token has the user name that `signIn` lists.
    return { ...options, scopes: [...(scopes ?? this.scopes), 'profile'], redirectUri }
  }

  /** Whether an account may sign in for it. */
  accepts(account: Account): boolean {
    return accepts(this.#config, account)
  }

  /**
   * A token.
   *
   * @throws {@link OktaConnectError} what the session throws; `login_required` also where the stored sign-in is one of an
   * account that may not sign in here.
   */
  async token({ scopes, minValidityMs }: TokenWish): Promise<AccessToken> {
    const token = await this.#obtain(scopes, minValidityMs)
    this.#latest.set(keyOf(scopes), token.value)
    this.#validUntil = Math.max(this.#validUntil, token.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY)
    return token
  }

  /** Whether a token that was handed out, maybe one for fewer scopes, is still valid: it is handed out again. */
  hasValidToken(now: number): boolean {
    return this.#validUntil > now
  }

  /** The session for a set of scopes. */
  session(scopes: readonly string[] | undefined): Promise<OktaSession> {
    const key = keyOf(scopes)
    const found = this.#sessions.get(key)
    if (found !== undefined) return found
    const opening = openFor(this.#config, scopes, this.#deps)
    this.#sessions.set(key, opening)
    if (this.#sessions.size > maxSessions) this.#dropOldest()
    return opening
  }

  /** Ends a session, here and at Okta. The next request begins another one. */
  async disconnect(scopes: readonly string[] | undefined): Promise<void> {
    const session = await this.session(scopes)
    this.#sessions.delete(keyOf(scopes))
    this.#latest.delete(keyOf(scopes))
    this.#validUntil = 0
    await session.disconnect()
  }

  /**
   * Ends the stored sign-in of an account, whether or not it may still sign in here and whether or not Okta answers. That
   * of another account is left as it is.
   *
   * @throws {@link OktaConnectError} `store_failed`
   */
  async signOut(sub: string): Promise<void> {
    const [login] = await this.#storedLogins(undefined)
    const account = login === undefined ? (await this.session(undefined)).account : login.account
    if (account?.sub !== sub) return
    await this.disconnect(undefined)
    await this.#endStored(undefined, account => account.sub === sub)
  }

  /** The scopes of the session whose latest token this is, if there is one. */
  ownerOf(token: string): { readonly scopes: readonly string[] | undefined } | undefined {
    for (const [key, latest] of this.#latest) {
      if (latest === token) return { scopes: key === '' ? undefined : key.split(' ') }
    }
    return undefined
  }

  /**
   * Ends a token that was handed out: the current one for all clients; an earlier one is revoked by itself.
   *
   * @returns whether it was sent to Okta to be revoked.
   * @throws {@link OktaConnectError} `store_failed`
   */
  async revoke(token: string, scopes: readonly string[] | undefined): Promise<boolean> {
    const { store } = this.#deps
    for (const { recordKey } of await this.#storedLogins(scopes)) {
      const record = await store.read(recordKey)
      if (record?.kind !== 'token') continue
      if (record.accessToken === token) {
        await this.disconnect(scopes)
        const left = await store.read(recordKey)
        if (left?.kind === 'token' && left.accessToken === token) await this.#endStored(scopes, () => true)
        return true
      }
      const open = (deps: ConnectionsDeps) => openFor(this.#config, scopes, deps, () => true)
      const isRevoked = await revokeEarlier({ token, recordKey, record }, open, this.#deps)
      if (isRevoked !== undefined) return isRevoked
    }
    if (this.#latest.get(keyOf(scopes)) === token) await this.disconnect(scopes)
    return false
  }

  /** Whether a client may have one more narrower set of scopes: it has few of them in use. */
  admitsNarrower(client: string, scopes: readonly string[]): boolean {
    const found = this.#narrowerSets.get(client)
    const sets = found ?? new ExpiringMap<{ readonly endsAt: number }>(maxNarrowerSets, this.#deps.monotonicNow)
    if (found === undefined) this.#narrowerSets.set(client, sets)
    const key = keyOf(scopes)
    if (sets.get(key) === undefined && sets.isFull) return false
    sets.put(key, { endsAt: this.#deps.monotonicNow() + narrowerSetLifeMs })
    return true
  }

  async #obtain(scopes: readonly string[] | undefined, minValidityMs: number): Promise<AccessToken> {
    const session = await this.session(scopes)
    try {
      return await session.token({ minValidityMs })
    } catch (error) {
      // Another request has ended this session meanwhile.
      const isEnded = isOktaConnectError(error) && error.code === 'login_required'
      if (!isEnded || (await this.session(scopes)) === session) throw error
      return await (await this.session(scopes)).token({ minValidityMs })
    }
  }

  // Ends what is stored also when the live session does not accept it: a reload may have removed the user.
  async #endStored(scopes: readonly string[] | undefined, accept: (account: Account) => boolean): Promise<void> {
    await (await openFor(this.#config, scopes, this.#deps, accept)).disconnect()
  }

  async #storedLogins(scopes: readonly string[] | undefined): Promise<readonly Login[]> {
    return await storedLogins(await this.session(scopes), this.#config.options, this.#deps)
  }

  // The one with all scopes stays.
  #dropOldest(): void {
    for (const key of this.#sessions.keys()) {
      if (key === '') continue
      this.#sessions.delete(key)
      this.#latest.delete(key)
      return
    }
  }
}

function openFor(
  config: ConnectionConfig,
  scopes: readonly string[] | undefined,
  deps: ConnectionsDeps,
  accept = (account: Account) => accepts(config, account),
) {
  const narrower = scopes === undefined ? {} : { scopes }
  // The store may be shared with a command line, whose user need not be one of those that may sign in here.
  return openSession({ ...config.options, ...narrower, accept } as ConnectOptions, deps)
}

function keyOf(scopes: readonly string[] | undefined): string {
  return scopes?.join(' ') ?? ''
}
