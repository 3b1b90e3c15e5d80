import { type AccessToken, type ConnectOptions, isOktaConnectError, type OktaSession } from '@connect-okta/core'
import type { ClientSigner, ManagedKeys } from '@connect-okta/core/keys'
import type { SignInOptions } from '@connect-okta/core/sign-in'
import type { Login } from '@connect-okta/core/stores'
import type { Account } from '@connect-okta/core/types'
import { LRUCache } from 'lru-cache'
import type { ConnectionConfig } from '../config/broker-config.js'
import { type CarefulSigner, carefulSigner, placeholderSigner } from './careful-signer.js'
import { type Failure, Failures } from './failures.js'
import { managedKeysOf } from './managed-keys.js'
import { maySignIn } from './may-sign-in.js'
import { NarrowerSets } from './narrower-sets.js'
import { type ConnectionsDeps, keyOf, openFor, withSigner } from './open-session.js'
import { isUserGrant, revokeEarlier, storedSignIns } from './stored-sign-ins.js'

// More than any sensible configuration has sets of scopes. The least recently used session is dropped.
const maxSessions = 200

/** The token that a client requests. */
export interface TokenRequest {
  /** Some scopes of the connection, sorted; `undefined` for all. */
  readonly scopes: readonly string[] | undefined
  readonly minValidityMs: number
}

type TokenOptions = NonNullable<Parameters<OktaSession['token']>[0]>

/** A connection of the broker to Okta, with one session for each set of scopes. */
export class Upstream {
  readonly name: string
  readonly orgUrl: URL
  readonly scopes: readonly string[]
  /** Whether its tokens belong to a user who signs in. */
  readonly isUserConnection: boolean
  /** The keys of its app, if the broker creates them. */
  readonly managedKeys: ManagedKeys | undefined
  #config: ConnectionConfig
  readonly #deps: ConnectionsDeps
  // By set of scopes: see keyOf.
  readonly #sessions: LRUCache<string, Promise<OktaSession>>
  // The latest token of each session.
  readonly #latest = new Map<string, string>()
  readonly #narrowerSets: NarrowerSets
  #validUntil = 0
  #signer: CarefulSigner | undefined
  readonly #failures: Failures

  private constructor(
    config: ConnectionConfig,
    session: OktaSession,
    deps: ConnectionsDeps,
    managedKeys: ManagedKeys | undefined,
  ) {
    this.managedKeys = managedKeys
    this.name = config.name
    this.orgUrl = session.orgUrl
    this.scopes = session.scopes
    this.isUserConnection = isUserGrant(session)
    this.#config = config
    this.#deps = deps
    this.#failures = new Failures(deps)
    this.#narrowerSets = new NarrowerSets(deps)
    this.#sessions = new LRUCache({ max: maxSessions, dispose: (_session, key) => this.#latest.delete(key) })
    this.#sessions.set(keyOf(undefined), Promise.resolve(session))
    const { options, findSigner } = config
    if (findSigner === undefined && 'signer' in options && options.signer) this.#useSigner(options.signer)
  }

  /** @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid` */
  static async open(given: ConnectionConfig, deps: ConnectionsDeps): Promise<Upstream> {
    const managedKeys = managedKeysOf(given, deps)
    const config =
      managedKeys === undefined ? given : { ...given, options: { ...given.options, managedKeys } as ConnectOptions }
    const options = config.findSigner === undefined ? config.options : withSigner(config.options, placeholderSigner())
    return new Upstream(config, await openFor({ ...config, options }, undefined, deps), deps, managedKeys)
  }

  /** The options to sign a user in. */
  signInOptions(redirectUri: string): SignInOptions {
    const { scopes, ...options } = this.#config.options as SignInOptions
    // With the scope `profile`, the ID token contains the username, which `signIn` lists.
    // All clients of the connection use one account.
    return { ...options, scopes: [...(scopes ?? this.scopes), 'profile'], redirectUri, replaceAccount: true }
  }

  /** Whether an account may sign in for this connection. */
  accepts(account: Account): boolean {
    return maySignIn(this.#config, account)
  }

  /**
   * Returns a valid token.
   *
   * @throws {@link OktaConnectError} the errors of the session; `login_required` also when the stored sign-in belongs to an
   * account that may not sign in for this connection.
   */
  async token({ scopes, ...options }: TokenRequest): Promise<AccessToken> {
    return await this.#recorded(scopes, options)
  }

  /** Requests a new token from Okta, although the current one may be valid. @throws as {@link token} */
  async renewToken(): Promise<void> {
    await this.#recorded(undefined, { forceRefresh: true })
  }

  /** Whether its signer is signing. */
  get isSigning(): boolean {
    return this.#signer?.isSigning ?? false
  }

  /** Whether a check has to wait before it requests a token, which can need a signature. */
  get isPaused(): boolean {
    return this.#config.findSigner === undefined && this.#failures.isPaused
  }

  async #recorded(scopes: readonly string[] | undefined, options: TokenOptions): Promise<AccessToken> {
    const token = await this.#obtain(scopes, options).catch((error: unknown) => {
      this.#failures.add(error)
      throw error
    })
    this.#failures.end()
    this.#latest.set(keyOf(scopes), token.value)
    this.#validUntil = Math.max(this.#validUntil, token.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY)
    return token
  }

  /** Whether a token that was returned before, for any set of scopes, is still valid. */
  hasValidToken(now: number): boolean {
    return this.#validUntil > now
  }

  /** The latest error, also if a token was returned afterwards. */
  get lastFailure(): Failure | undefined {
    return this.#failures.last
  }

  /** The client ID of its app, if it has one. */
  get clientId(): string | undefined {
    return 'clientId' in this.#config.options ? this.#config.options.clientId : undefined
  }

  /** The session for a set of scopes, opened at its first use. */
  async session(scopes: readonly string[] | undefined): Promise<OktaSession> {
    const { findSigner } = this.#config
    if (findSigner !== undefined) this.#useSigner(await findSigner())
    const key = keyOf(scopes)
    const found = this.#sessions.get(key)
    if (found !== undefined) return await found
    const opening = openFor(this.#config, scopes, this.#deps)
    this.#sessions.set(key, opening)
    return await opening
  }

  #useSigner(signer: ClientSigner): void {
    this.#signer = carefulSigner(signer, this.#deps.monotonicNow)
    const { findSigner: _found, ...config } = this.#config
    this.#config = { ...config, options: withSigner(config.options, this.#signer) }
    this.#sessions.clear()
  }

  /** Ends a session, here and at Okta. The next request opens another one. */
  async disconnect(scopes: readonly string[] | undefined): Promise<void> {
    const session = await this.session(scopes)
    this.#sessions.delete(keyOf(scopes))
    this.#validUntil = 0
    await session.disconnect()
  }

  /**
   * Ends the stored sign-in of an account, even if the account may no longer sign in, or Okta does not respond. The sign-in of
   * another account is not changed.
   *
   * @throws {@link OktaConnectError} `store_failed`
   */
  async signOut(sub: string): Promise<void> {
    const [stored] = await this.#storedSignIns(undefined)
    const account = stored === undefined ? (await this.session(undefined)).account : stored.account
    if (account?.sub !== sub) return
    await this.disconnect(undefined)
    await this.#disconnectStored(undefined, account => account.sub === sub)
  }

  /** The scopes of the session that has this as its latest token, if there is one. */
  findScopesOfToken(token: string): { readonly scopes: readonly string[] | undefined } | undefined {
    for (const [key, latest] of this.#latest) {
      if (latest === token) return { scopes: key === '' ? undefined : key.split(' ') }
    }
    return undefined
  }

  /**
   * Revokes a token that was returned before: the current one for all clients, an earlier one only by itself.
   *
   * @returns whether it was revoked at Okta.
   * @throws {@link OktaConnectError} `store_failed`
   */
  async revoke(token: string, scopes: readonly string[] | undefined): Promise<boolean> {
    const { store } = this.#deps
    for (const { recordKey } of await this.#storedSignIns(scopes)) {
      const record = await store.read(recordKey)
      if (record?.kind !== 'token') continue
      if (record.accessToken === token) {
        await this.disconnect(scopes)
        const left = await store.read(recordKey)
        if (left?.kind === 'token' && left.accessToken === token) await this.#disconnectStored(scopes, () => true)
        return true
      }
      const open = (deps: ConnectionsDeps) => openFor(this.#config, scopes, deps, () => true)
      const isRevoked = await revokeEarlier({ token, recordKey, record }, open, this.#deps)
      if (isRevoked !== undefined) return isRevoked
    }
    if (this.#latest.get(keyOf(scopes)) === token) await this.disconnect(scopes)
    return false
  }

  /** Whether a client may request a narrower set of scopes: it has used few others within an hour. */
  tryUseScopes(client: string, scopes: readonly string[]): boolean {
    return this.#narrowerSets.tryUse(client, keyOf(scopes))
  }

  async #obtain(scopes: readonly string[] | undefined, options: TokenOptions): Promise<AccessToken> {
    const session = await this.session(scopes)
    try {
      return await session.token(options)
    } catch (error) {
      // Another request has ended this session in the meantime.
      const isEnded = isOktaConnectError(error) && error.code === 'login_required'
      if (!isEnded || (await this.session(scopes)) === session) throw error
      return await (await this.session(scopes)).token(options)
    }
  }

  // With a session that accepts the stored account: a reload may have removed the user from signIn.
  async #disconnectStored(scopes: readonly string[] | undefined, accept: (account: Account) => boolean): Promise<void> {
    await (await openFor(this.#config, scopes, this.#deps, accept)).disconnect()
  }

  async #storedSignIns(scopes: readonly string[] | undefined): Promise<readonly Login[]> {
    return await storedSignIns(await this.session(scopes), this.#config.options, this.#deps)
  }
}
