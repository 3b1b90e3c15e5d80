import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { PendingSignIn } from '@connect-okta/core/sign-in'
import { generateCookie, getCookie } from 'hono/cookie'
import type { AppContext } from '../app-env.js'
import { HttpError } from '../http/http-error.js'
import type { RouteDeps } from '../route-deps.js'
import { decryptJson, encryptJson } from './encrypted-json.js'
import { PendingSignIns } from './pending-sign-ins.js'

/** The users who signed in with a browser, by connection. Only pages use it: clients have no session. */
export type SignedInUsers = Readonly<Record<string, SignedInUser>>

/** A user who signed in. */
export interface SignedInUser {
  readonly sub: string
  readonly userName: string
}

const cookieName = 'connect-okta'
const lifeMs = 8 * 60 * 60_000

/**
 * The session of a browser. Its cookie holds a secret, and the sign-ins in progress. The shared state holds the users who signed
 * in, encrypted with that secret, under its digest. Nothing is stored before a user has signed in.
 */
export class BrowserSession {
  readonly #c: AppContext
  readonly #deps: RouteDeps
  #secret: string
  #signedIn: SignedInUsers

  private constructor(c: AppContext, deps: RouteDeps, secret: string, signedIn: SignedInUsers) {
    this.#c = c
    this.#deps = deps
    this.#secret = secret
    this.#signedIn = signedIn
  }

  /** Opens the session of a request. A browser without a session gets a cookie. */
  static async of(c: AppContext, deps: RouteDeps): Promise<BrowserSession> {
    const { secret } = cookieOf(c)
    if (secret === undefined) {
      const session = new BrowserSession(c, deps, newSecret(), {})
      session.#sendCookie()
      return session
    }
    const encrypted = await deps.state.get(keyOf(secret))
    const signedIn = encrypted === undefined ? undefined : decryptJson<SignedInUsers>(encrypted, secret, 'session')
    return new BrowserSession(c, deps, secret, signedIn ?? {})
  }

  get signedIn(): SignedInUsers {
    return this.#signedIn
  }

  /** The CSRF token in the forms of this browser, derived from its cookie. */
  get formToken(): string {
    return createHmac('sha256', this.#secret).update('form').digest('base64url')
  }

  /** @throws {@link HttpError} 403 when the form does not have the token of this browser. */
  requireFormToken(given: unknown): void {
    const [one, other] = [Buffer.from(String(given)), Buffer.from(this.formToken)]
    if (one.length === other.length && timingSafeEqual(one, other)) return
    throw new HttpError(403, 'access_denied', 'This form is from another page. Go back, reload it, and try again.')
  }

  /** Adds a sign-in in progress. */
  async begin(connection: string, pending: PendingSignIn): Promise<void> {
    const encryptionKey = await this.#encryptionKey()
    this.#sendCookie(this.#pending(encryptionKey).with(connection, pending, this.#deps.now()).encrypted(encryptionKey))
  }

  /** Finds the sign-in that a callback completes, and removes it from the cookie. */
  async take(state: string): Promise<ReturnType<PendingSignIns['find']>> {
    const encryptionKey = await this.#encryptionKey()
    const pending = this.#pending(encryptionKey)
    const found = pending.find(state)
    if (found !== undefined) this.#sendCookie(pending.without(state).encrypted(encryptionKey))
    return found
  }

  /** Saves the user who signed in. The browser gets a new cookie, so that the old one is worthless (session fixation). */
  async signIn(connection: string, user: SignedInUser): Promise<void> {
    await this.#deps.state.remove(keyOf(this.#secret))
    this.#secret = newSecret()
    this.#sendCookie()
    await this.#save({ ...this.#signedIn, [connection]: user })
  }

  async signOut(connection: string): Promise<void> {
    const { [connection]: _signedOut, ...signedIn } = this.#signedIn
    await this.#save(signedIn)
  }

  // From the secrets of the broker and of the browser: neither a leaked cookie nor a leaked shared state is enough.
  async #encryptionKey(): Promise<Buffer> {
    return createHmac('sha256', await this.#deps.state.encryptionKey())
      .update(this.#secret)
      .digest()
  }

  #pending(encryptionKey: Buffer): PendingSignIns {
    return PendingSignIns.open(cookieOf(this.#c).pending, encryptionKey, this.#deps.now())
  }

  async #save(signedIn: SignedInUsers): Promise<void> {
    this.#signedIn = signedIn
    await this.#deps.state.set(keyOf(this.#secret), encryptJson(signedIn, this.#secret, 'session'), lifeMs)
  }

  #sendCookie(pending?: string): void {
    const value = pending === undefined ? this.#secret : `${this.#secret}.${pending}`
    const cookie = generateCookie(cookieName, value, {
      prefix: 'host',
      secure: true,
      httpOnly: true,
      path: '/',
      // Lax: sent with the redirect from Okta.
      sameSite: 'Lax',
    })
    // Replaces an earlier Set-Cookie of this response (RFC 6265 §4.1.1).
    this.#c.header('set-cookie', cookie)
  }
}

function cookieOf(c: AppContext): { readonly secret: string | undefined; readonly pending: string | undefined } {
  const [secret, pending] = (getCookie(c, cookieName, 'host') ?? '').split('.', 2)
  return { secret: secret !== undefined && /^[A-Za-z0-9_-]{43}$/.test(secret) ? secret : undefined, pending }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function keyOf(secret: string): string {
  return `session:${createHash('sha256').update(secret).digest('base64url')}`
}
