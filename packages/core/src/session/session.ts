import type { Connection } from '../config/connection.js'
import type { Deps } from '../deps.js'
import { optionsInvalid } from '../errors.js'
import { sleep } from '../http/abort.js'
import { untilReset } from '../http/retry-policy.js'
import type { ServerClock } from '../http/server-clock.js'
import { type DpopJwk, DpopKey } from '../keys/dpop-key.js'
import type { Account } from '../stores/account.js'
import type { Grant } from '../stores/token-record.js'
import type { AccessToken, FetchOptions, OktaSession, TokenOptions, TokenOrigin } from './okta-session.js'

/** What a session is connected to. */
export interface SessionFacts {
  readonly orgUrl: URL
  readonly clientId: string | undefined
  readonly authorizationServer: string | undefined
  readonly scopes: readonly string[]
  readonly grant: Grant
  readonly clock: ServerClock
}

/** What a session says of the connection it is for. */
export function factsOf({ orgUrl, login, grant, clock }: Connection): SessionFacts {
  const { clientId, scopes, authorizationServer } = login
  return { orgUrl, clientId, authorizationServer, scopes, grant, clock }
}

/** A token in a session's hands. */
export interface HeldToken {
  readonly accessToken: string
  readonly tokenType: AccessToken['type']
  readonly dpopKey?: DpopJwk
  readonly idToken?: string
  readonly account?: Account
  readonly grantedScopes: readonly string[]
  /** Milliseconds since 1970; `null` where nobody can tell. */
  readonly expiresAt: number | null
  /** Tells one token from the next. */
  readonly generation: string
}

/** Where a session has its tokens from. */
export interface Tokens {
  /** Whose they are. */
  readonly account: Account | undefined
  /** The good token in memory, if there is one: who takes that waits for nothing. */
  atHand(options?: TokenOptions): HeldToken | undefined
  /** A good token, and where it came from. `refused` is one that the API has refused: any other will do. */
  obtain(options?: TokenOptions, refused?: HeldToken): Promise<{ record: HeldToken; origin: TokenOrigin }>
  /** Has the next request get another token than this one, which the API has refused. */
  refuse(token: HeldToken): void
  /** Ends them, here and at Okta. */
  end(): Promise<void>
}

const mostWaits = 3
const longestWaitMs = 60_000

/** The one {@link OktaSession} there is: tokens, and the manners of Okta's API. */
export class LiveSession implements OktaSession {
  readonly #facts: SessionFacts
  readonly #tokens: Tokens
  readonly #deps: Deps
  #atHand: { readonly record: HeldToken; readonly token: Promise<AccessToken> } | undefined
  // The API's nonce; the one of the authorization server is another (RFC 9449 §9).
  #nonce: string | undefined
  #isForbiddenTold = false

  constructor(facts: SessionFacts, tokens: Tokens, deps: Deps) {
    this.#facts = facts
    this.#tokens = tokens
    this.#deps = deps
  }

  get orgUrl(): URL {
    return new URL(this.#facts.orgUrl)
  }

  get clientId(): string | undefined {
    return this.#facts.clientId
  }

  get authorizationServer(): string | undefined {
    return this.#facts.authorizationServer
  }

  get scopes(): readonly string[] {
    return this.#facts.scopes
  }

  get grant(): Grant {
    return this.#facts.grant
  }

  get account(): Account | undefined {
    return this.#tokens.account
  }

  token(options?: TokenOptions): Promise<AccessToken> {
    const held = this.#tokens.atHand(options)
    if (held === undefined) return this.#obtain(options)
    // One promise for all who take it from memory: programs ask before each of their requests.
    if (this.#atHand?.record !== held) {
      this.#atHand = { record: held, token: Promise.resolve(tokenOf(held, 'memory')) }
    }
    return this.#atHand.token
  }

  async authorization(method: string, url: string | URL, options?: TokenOptions): Promise<Record<string, string>> {
    const target = this.#target(url)
    const { record } = await this.#tokens.obtain(options)
    return await this.#headersFor(method, target, record)
  }

  async fetch(
    pathOrUrl: string | URL,
    init: RequestInit = {},
    { waitForRateLimit = true }: FetchOptions = {},
  ): Promise<Response> {
    const url = this.#target(pathOrUrl)
    const waiting = init.signal ? { signal: init.signal } : {}
    let hasNonce = false
    let refused: HeldToken | undefined
    let refusal: Response | undefined
    for (let waits = 0; ; ) {
      const { record } = await this.#tokens.obtain(waiting, refused)
      // There is no other: the answer stands.
      if (refusal !== undefined && record.generation === refused?.generation) return refusal
      await refusal?.body?.cancel()
      refusal = undefined
      const response = await this.#send(url, init, record)
      if (!canReplay(init.body)) {
        // This request cannot be sent again; the next one gets another token.
        if (response.status === 401 && !wantsNonce(response)) this.#tokens.refuse(record)
        return response
      }
      if (!hasNonce && wantsNonce(response)) {
        hasNonce = true
      } else if (response.status === 401 && refused === undefined) {
        refused = record
        refusal = response
        continue
      } else if (response.status === 429 && waitForRateLimit && waits < mostWaits) {
        const waitMs = untilReset(response)
        if (waitMs > longestWaitMs) return response
        waits += 1
        const message = `Okta's rate limit is reached. Going on in ${Math.ceil(waitMs / 1000)} s.`
        this.#deps.notify({ code: 'retrying', message })
        await sleep(waitMs, waiting.signal)
      } else {
        return response
      }
      await response.body?.cancel()
    }
  }

  async disconnect(): Promise<void> {
    await this.#tokens.end()
  }

  async #obtain(options: TokenOptions | undefined): Promise<AccessToken> {
    const { record, origin } = await this.#tokens.obtain(options)
    return tokenOf(record, origin)
  }

  #target(pathOrUrl: string | URL): URL {
    const { orgUrl } = this.#facts
    if (!URL.canParse(String(pathOrUrl), orgUrl.href)) {
      throw optionsInvalid('The URL of the request cannot be read.', 'Give a path such as /api/v1/users.')
    }
    const url = new URL(pathOrUrl, orgUrl)
    if (url.origin === orgUrl.origin) return url
    throw optionsInvalid(
      `The token of ${orgUrl.origin} is not sent to ${url.origin}.`,
      'Give a path, such as /api/v1/users, or connect to that org.',
    )
  }

  async #send(url: URL, init: RequestInit, record: HeldToken): Promise<Response> {
    const headers = new Headers(init.headers)
    const authorization = await this.#headersFor(init.method ?? 'GET', url, record)
    for (const [name, value] of Object.entries(authorization)) headers.set(name, value)
    const response = await this.#deps.fetch(url, { ...init, headers, redirect: 'manual' })
    this.#nonce = response.headers.get('dpop-nonce') ?? this.#nonce
    this.#facts.clock.learn(response, this.#deps.now(), this.#deps.notify)
    if (response.status === 403) this.#explainForbidden(response)
    return response
  }

  // Okta lists a granted scope in the token also where a role is missing: only the API tells (once is enough).
  #explainForbidden({ headers }: Response): void {
    if (this.#isForbiddenTold) return
    this.#isForbiddenTold = true
    const isScope = /insufficient_scope/.test(headers.get('www-authenticate') ?? '')
    const message = isScope
      ? 'The API wants another scope: ask for it at the login, and grant it at Applications > your app > Okta API Scopes > Grant.'
      : 'The API wants an admin role: assign one at Applications > your app > Admin roles, or to the person who signed in.'
    this.#deps.notify({ code: 'api_forbidden', message })
  }

  async #headersFor(method: string, url: URL, record: HeldToken): Promise<Record<string, string>> {
    const { tokenType, accessToken, dpopKey } = record
    const authorization = `${tokenType} ${accessToken}`
    if (dpopKey === undefined) return { authorization }
    const target = { method, url, accessToken, nonce: this.#nonce }
    return {
      authorization,
      dpop: await DpopKey.fromJwk(dpopKey).prove(target, this.#facts.clock.now(this.#deps.now())),
    }
  }
}

// A stream can be read once; everything else can be sent again.
function canReplay(body: RequestInit['body']): boolean {
  return !(
    body instanceof ReadableStream ||
    (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
  )
}

// RFC 9449 §9: the token is good, the proof wants the nonce that comes with this answer.
function wantsNonce({ status, headers }: Response): boolean {
  return status === 401 && /use_dpop_nonce/.test(headers.get('www-authenticate') ?? '')
}

function tokenOf(record: HeldToken, source: TokenOrigin): AccessToken {
  return {
    value: record.accessToken,
    type: record.tokenType,
    expiresAt: record.expiresAt === null ? null : new Date(record.expiresAt),
    scopes: record.grantedScopes,
    source,
    idToken: record.idToken,
    account: record.account,
  }
}
