import {
  type AccessToken,
  type Account,
  type ConnectOptions,
  type Deps,
  isOktaConnectError,
  OktaConnectError,
  type OktaSession,
  openSession,
  type SignInOptions,
} from '@connect-okta/core'
import type { ConnectionConfig } from '../config/broker-config.js'

// Each narrower set of scopes is a token of its own; who asks for ever new ones pushes out the oldest.
const mostSessions = 200

/** What a caller wants of a connection. */
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
  /** Whether a person signs in for it. */
  readonly isPersonal: boolean
  readonly #config: ConnectionConfig
  readonly #deps: Partial<Deps>
  #sessions: Map<string, Promise<OktaSession>>
  #acceptedIdToken: string | undefined
  #goodUntil = 0

  private constructor(config: ConnectionConfig, session: OktaSession, deps: Partial<Deps>) {
    this.name = config.name
    this.orgUrl = session.orgUrl
    this.scopes = session.scopes
    this.isPersonal = session.grant === 'authorization_code' || session.grant === 'device_code'
    this.#config = config
    this.#deps = deps
    this.#sessions = new Map([['', Promise.resolve(session)]])
  }

  /** @throws {@link OktaConnectError} `options_invalid`, `private_key_invalid` */
  static async open(config: ConnectionConfig, deps: Partial<Deps>): Promise<Upstream> {
    return new Upstream(config, await openSession(config.options, deps), deps)
  }

  /** What a sign-in for it takes. */
  signInOptions(redirectUri: string): SignInOptions {
    const { scopes, ...options } = this.#config.options as SignInOptions
    // With `profile`, the ID token has the user name that `signIn` is about.
    return {
      ...options,
      scopes: [...(scopes ?? this.scopes), 'profile'],
      redirectUri,
      accept: one => this.accepts(one),
    }
  }

  /** Whether somebody may sign in for it. */
  accepts({ sub, login }: Account): boolean {
    const { signIn } = this.#config
    // The e-mail address is not looked at: people change it themselves.
    return signIn.includes('*') || signIn.includes(sub) || signIn.includes(login?.toLowerCase() ?? '*')
  }

  /**
   * A token.
   *
   * @throws {@link OktaConnectError} what the session throws; `login_required` also where the login that is stored is of
   * somebody who may not sign in here.
   */
  async token({ scopes, minValidityMs }: TokenWish): Promise<AccessToken> {
    const token = await this.#obtain(scopes, minValidityMs)
    if (this.isPersonal && token.idToken !== this.#acceptedIdToken) this.#requireAccepted(token)
    this.#goodUntil = Math.max(this.#goodUntil, token.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY)
    return token
  }

  /** Whether a token that was handed out, maybe one for fewer scopes, is still good: whoever asks for that again gets it. */
  hasGoodToken(now: number): boolean {
    return this.#goodUntil > now
  }

  /** Who has signed in, without asking Okta for a new token where that can be. */
  async account(): Promise<Account | undefined> {
    return (await this.token({ scopes: undefined, minValidityMs: 0 })).account
  }

  /** The session for a set of scopes. */
  session(scopes: readonly string[] | undefined): Promise<OktaSession> {
    const key = scopes?.join(' ') ?? ''
    const found = this.#sessions.get(key)
    if (found !== undefined) return found
    const opening = openSession({ ...this.#config.options, scopes } as ConnectOptions, this.#deps)
    this.#sessions.set(key, opening)
    if (this.#sessions.size > mostSessions) this.#forgetOldest()
    return opening
  }

  /** Begins anew with what is stored: somebody has signed in or out. */
  async reopen(): Promise<void> {
    this.#acceptedIdToken = undefined
    this.#goodUntil = 0
    this.#sessions = new Map([['', openSession(this.#config.options, this.#deps)]])
    await this.#sessions.get('')
  }

  async #obtain(scopes: readonly string[] | undefined, minValidityMs: number): Promise<AccessToken> {
    try {
      return await (await this.session(scopes)).token({ minValidityMs })
    } catch (error) {
      // An app needs nobody to log in: somebody has ended this session, and there is another.
      if (this.isPersonal || !isOktaConnectError(error) || error.code !== 'login_required') throw error
      await this.reopen()
      return await (await this.session(scopes)).token({ minValidityMs })
    }
  }

  // The first is the one with all scopes, and stays.
  #forgetOldest(): void {
    const [, oldest] = this.#sessions.keys()
    if (oldest !== undefined) this.#sessions.delete(oldest)
  }

  // The store may be shared with a command line, whose user is nobody's choice here.
  #requireAccepted({ idToken, account }: AccessToken): void {
    if (account === undefined || !this.accepts(account)) {
      throw new OktaConnectError('login_required', 'Who is signed in may not be used here.', {
        hint: 'Somebody on the list of the connection has to sign in.',
      })
    }
    this.#acceptedIdToken = idToken
  }
}
