import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import type { PendingSignIn } from '@connect-okta/core'
import { getCookie, setCookie } from 'hono/cookie'
import type { AppContext, World } from '../app-env.js'
import { Refusal } from '../refusal.js'

/** What the broker keeps of a browser. It is for pages alone: callers have no session. */
export interface SessionData {
  /** The sign-ins that are going on, by the `state` of each. */
  readonly pending: Readonly<Record<string, { readonly connection: string; readonly secrets: PendingSignIn }>>
  /** Who signed in in this browser, by connection. */
  readonly signedIn: Readonly<Record<string, Person>>
}

/** Who signed in, for people. */
export interface Person {
  readonly sub: string
  readonly userName: string
}

const cookieName = 'connect-okta'
const lifeMs = 8 * 60 * 60_000
const nothing: SessionData = { pending: {}, signedIn: {} }
const mostPending = 5

/** The session of a browser, by the secret in its cookie. The state has it sealed with that secret, under its digest. */
export class BrowserSession {
  readonly #c: AppContext
  readonly #world: World
  #secret: string
  #data: SessionData

  private constructor(c: AppContext, world: World, secret: string, data: SessionData) {
    this.#c = c
    this.#world = world
    this.#secret = secret
    this.#data = data
  }

  /** The session of a request. A browser without one gets a cookie; nothing is kept until there is something to keep. */
  static async of(c: AppContext, world: World): Promise<BrowserSession> {
    const secret = getCookie(c, cookieName, 'host')
    const sealed = secret === undefined ? undefined : await world.state.get(keyOf(secret))
    const data = secret === undefined || sealed === undefined ? undefined : unseal(sealed, secret)
    const session = new BrowserSession(c, world, isSecret(secret) ? secret : newSecret(), data ?? nothing)
    if (session.#secret !== secret) session.#sendCookie()
    return session
  }

  get data(): SessionData {
    return this.#data
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

  /** Keeps a sign-in that begins. Of many that nobody ends, the latest few. */
  async begin(connection: string, secrets: PendingSignIn): Promise<void> {
    const recent = Object.entries(this.#data.pending).slice(1 - mostPending)
    await this.#save({
      ...this.#data,
      pending: { ...Object.fromEntries(recent), [secrets.state]: { connection, secrets } },
    })
  }

  /** The sign-in that an answer belongs to: once. */
  async take(state: string): Promise<SessionData['pending'][string] | undefined> {
    if (!Object.hasOwn(this.#data.pending, state)) return undefined
    const { [state]: found, ...pending } = this.#data.pending
    await this.#save({ ...this.#data, pending })
    return found
  }

  /** Notes who signed in. The cookie is a new one from here on: who knew the old one has nothing (session fixation). */
  async signIn(connection: string, person: Person): Promise<void> {
    await this.#world.state.remove(keyOf(this.#secret))
    this.#secret = newSecret()
    this.#sendCookie()
    await this.#save({ ...this.#data, signedIn: { ...this.#data.signedIn, [connection]: person } })
  }

  async signOut(connection: string): Promise<void> {
    const { [connection]: _gone, ...signedIn } = this.#data.signedIn
    await this.#save({ ...this.#data, signedIn })
  }

  async #save(data: SessionData): Promise<void> {
    this.#data = data
    await this.#world.state.set(keyOf(this.#secret), seal(data, this.#secret), lifeMs)
  }

  #sendCookie(): void {
    setCookie(this.#c, cookieName, this.#secret, {
      prefix: 'host',
      secure: true,
      httpOnly: true,
      path: '/',
      // Lax: Okta sends the browser back with it.
      sameSite: 'Lax',
    })
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function isSecret(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9_-]{43}$/.test(text)
}

function keyOf(secret: string): string {
  return `session:${createHash('sha256').update(secret).digest('base64url')}`
}

function sealKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'connect-okta session', 32))
}

function seal(data: SessionData, secret: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealKey(secret), iv)
  const text = Buffer.concat([cipher.update(JSON.stringify(data), 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')
}

function unseal(sealed: string, secret: string): SessionData | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealKey(secret), bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(12, 28))
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'))
  } catch {
    return undefined
  }
}
