import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { PendingSignIn } from '@connect-okta/core/sign-in'
import { generateCookie, getCookie } from 'hono/cookie'
import type { AppContext, World } from '../app-env.js'
import { Refusal } from '../http/http-error.js'
import { PendingSignIns } from './pending-sign-ins.js'
import { seal, unseal } from './seal.js'

/** The users who signed in in a browser, by connection. It is for pages only: clients have no session. */
export type SignedIn = Readonly<Record<string, Person>>

/** Who signed in, for people. */
export interface Person {
  readonly sub: string
  readonly userName: string
}

const cookieName = 'connect-okta'
const lifeMs = 8 * 60 * 60_000

/**
 * The session of a browser. Its cookie holds a secret, and the sign-ins that have begun. The state has the users who signed
 * in, sealed with that secret, under its digest; nothing is stored before a user has signed in.
 */
export class BrowserSession {
  readonly #c: AppContext
  readonly #world: World
  #secret: string
  #signedIn: SignedIn

  private constructor(c: AppContext, world: World, secret: string, signedIn: SignedIn) {
    this.#c = c
    this.#world = world
    this.#secret = secret
    this.#signedIn = signedIn
  }

  /** The session of a request. A browser without one gets a cookie. */
  static async of(c: AppContext, world: World): Promise<BrowserSession> {
    const { secret } = cookieOf(c)
    if (secret === undefined) {
      const session = new BrowserSession(c, world, newSecret(), {})
      session.#sendCookie()
      return session
    }
    const sealed = await world.state.get(keyOf(secret))
    const signedIn = sealed === undefined ? undefined : unseal<SignedIn>(sealed, secret, 'session')
    return new BrowserSession(c, world, secret, signedIn ?? {})
  }

  get signedIn(): SignedIn {
    return this.#signedIn
  }

  /** What forms of this browser have in them: nobody can make it without the cookie. */
  get formToken(): string {
    return createHmac('sha256', this.#secret).update('form').digest('base64url')
  }

  /** @throws {@link Refusal} 403 for a form that is not from a page of this browser. */
  requireFormToken(given: unknown): void {
    const [one, other] = [Buffer.from(String(given)), Buffer.from(this.formToken)]
    if (one.length === other.length && timingSafeEqual(one, other)) return
    throw new Refusal(403, 'access_denied', 'This form is from another page. Go back, reload it, and try again.')
  }

  /** Adds a sign-in that begins. */
  async begin(connection: string, secrets: PendingSignIn): Promise<void> {
    const sealKey = await this.#sealKey()
    this.#sendCookie(this.#pending(sealKey).with(connection, secrets, this.#world.now()).sealed(sealKey))
  }

  /** The sign-in that an answer belongs to, which is removed from the cookie. */
  async take(state: string): Promise<ReturnType<PendingSignIns['find']>> {
    const sealKey = await this.#sealKey()
    const pending = this.#pending(sealKey)
    const found = pending.find(state)
    if (found !== undefined) this.#sendCookie(pending.without(state).sealed(sealKey))
    return found
  }

  /** Notes who signed in. The cookie is a new one from here on: who knew the old one has nothing (session fixation). */
  async signIn(connection: string, person: Person): Promise<void> {
    await this.#world.state.remove(keyOf(this.#secret))
    this.#secret = newSecret()
    this.#sendCookie()
    await this.#save({ ...this.#signedIn, [connection]: person })
  }

  async signOut(connection: string): Promise<void> {
    const { [connection]: _gone, ...signedIn } = this.#signedIn
    await this.#save(signedIn)
  }

  // Sealed with the secret of the broker and that of the browser: neither a leaked cookie nor a leaked state is enough.
  async #sealKey(): Promise<Buffer> {
    return createHmac('sha256', await this.#world.state.sealKey())
      .update(this.#secret)
      .digest()
  }

  #pending(sealKey: Buffer): PendingSignIns {
    return PendingSignIns.open(cookieOf(this.#c).pending, sealKey, this.#world.now())
  }

  async #save(signedIn: SignedIn): Promise<void> {
    this.#signedIn = signedIn
    await this.#world.state.set(keyOf(this.#secret), seal(signedIn, this.#secret, 'session'), lifeMs)
  }

  #sendCookie(pending?: string): void {
    const value = pending === undefined ? this.#secret : `${this.#secret}.${pending}`
    const cookie = generateCookie(cookieName, value, {
      prefix: 'host',
      secure: true,
      httpOnly: true,
      path: '/',
      // Lax: Okta sends the browser back with it.
      sameSite: 'Lax',
    })
    // In the place of an earlier one (RFC 6265 §4.1.1).
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
