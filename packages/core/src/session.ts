import { sleep } from './abort.js'
import type { Connection } from './connection.js'
import type { Deps } from './deps.js'
import { DpopKey } from './dpop.js'
import { isOktaConnectError, optionsInvalid } from './errors.js'
import type { Grant, TokenRecord } from './token-record.js'
import type { TokenOptions, TokenOrigin, TokenSource } from './token-source.js'

/** A token in the caller's hands. */
export interface AccessToken {
  /** The secret itself. Opaque: Okta may change its form without notice. */
  readonly value: string
  /** The scheme of the `Authorization` header. A `DPoP` token is useless without a proof for each request. */
  readonly type: 'Bearer' | 'DPoP'
  readonly expiresAt: Date
  /** What Okta granted. An admin role may still be missing: then the API answers 403. */
  readonly scopes: readonly string[]
  readonly source: TokenOrigin
}

const mostWaits = 3
const longestWaitMs = 60_000

/** A live connection: it hands out good tokens until it is disconnected. Made by {@link connect} and {@link resume}. */
export class OktaSession {
  readonly #connection: Connection
  readonly #tokens: TokenSource
  readonly #deps: Deps
  // The API's nonce; the one of the authorization server is another (RFC 9449 §9).
  #nonce: string | undefined

  /** @internal */
  constructor(connection: Connection, tokens: TokenSource, deps: Deps) {
    this.#connection = connection
    this.#tokens = tokens
    this.#deps = deps
  }

  /** The org, an origin. */
  get orgUrl(): URL {
    return new URL(this.#connection.orgUrl)
  }

  get clientId(): string {
    return this.#connection.login.clientId
  }

  /** How the session was connected. */
  get grant(): Grant {
    return this.#connection.grant
  }

  /**
   * A good token: from memory, from the store, or new. Concurrent calls share one request.
   *
   * @throws {@link OktaConnectError} whatever stands in the way of a new one; see the catalogue.
   * @example
   * const { value } = await session.token({ minValidityMs: 5 * 60_000 })
   */
  async token(options?: TokenOptions): Promise<AccessToken> {
    const { record, origin } = await this.#tokens.obtain(options)
    return {
      value: record.accessToken,
      type: record.tokenType,
      expiresAt: new Date(record.expiresAt),
      scopes: record.grantedScopes,
      source: origin,
    }
  }

  /**
   * The headers that authorize one request: `authorization`, and `dpop` when the token is bound to a key. A proof works
   * once, for this method and URL, within minutes.
   *
   * @param url a path on the org, or a URL of the org. A token goes nowhere else.
   * @throws {@link OktaConnectError} `options_invalid` for another origin; else as {@link token}.
   * @example
   * const headers = await session.authorization('GET', '/api/v1/users')
   */
  async authorization(method: string, url: string | URL): Promise<Record<string, string>> {
    const target = this.#target(url)
    const { record } = await this.#tokens.obtain()
    return await this.#headersFor(method, target, record)
  }

  /**
   * `fetch` with authorization. Waits where Okta's rate limit asks to, and asks once more with a new token where Okta
   * refuses the old one. Redirects are not followed: their target would get the token.
   *
   * @param pathOrUrl a path on the org, or a URL of the org. A token goes nowhere else.
   * @throws {@link OktaConnectError} `options_invalid` for another origin, `cancelled`; else as {@link token}. What the
   * network throws comes as it is, like from the global `fetch`.
   * @example
   * const users = await (await session.fetch('/api/v1/users?limit=10')).json()
   */
  async fetch(pathOrUrl: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = this.#target(pathOrUrl)
    const signal = init.signal ?? this.#connection.signal
    let hasNonce = false
    let refused: TokenRecord | undefined
    for (let waits = 0; ; ) {
      const { record } = await this.#tokens.obtain({}, refused)
      const response = await this.#send(url, init, record, signal)
      if (!canReplay(init.body)) return response
      if (!hasNonce && wantsNonce(response)) {
        hasNonce = true
      } else if (response.status === 401 && refused === undefined) {
        refused = record
      } else if (response.status === 429 && waits < mostWaits) {
        const waitMs = untilReset(response)
        if (waitMs > longestWaitMs) return response
        waits += 1
        await sleep(waitMs, signal)
      } else {
        return response
      }
      await response.body?.cancel()
    }
  }

  /**
   * Ends the session everywhere: forgets the token, here and in the store, then revokes it at Okta. Where Okta cannot
   * be reached the token is forgotten all the same, and a notice says that it lives on until it expires.
   *
   * @throws {@link OktaConnectError} `store_failed`
   */
  async disconnect(): Promise<void> {
    const record = await this.#tokens.end()
    if (record === undefined) return
    try {
      const { revokeToken } = await import('./token-endpoint.js')
      const { accessToken, refreshToken } = record
      // The refresh token first: with it, new access tokens could still be made.
      if (refreshToken !== undefined) {
        await revokeToken(this.#connection, { token: refreshToken, kind: 'refresh_token' }, this.#deps)
      }
      await revokeToken(this.#connection, { token: accessToken, kind: 'access_token' }, this.#deps)
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
      this.#deps.notify({
        code: 'revocation_failed',
        message: `The token is forgotten here, but not revoked at Okta: ${error.message}`,
      })
    }
  }

  #target(pathOrUrl: string | URL): URL {
    const { orgUrl } = this.#connection
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

  async #send(url: URL, init: RequestInit, record: TokenRecord, signal: AbortSignal | undefined): Promise<Response> {
    const headers = new Headers(init.headers)
    const authorization = await this.#headersFor(init.method ?? 'GET', url, record)
    for (const [name, value] of Object.entries(authorization)) headers.set(name, value)
    const response = await this.#deps.fetch(url, { ...init, headers, redirect: 'manual', ...(signal && { signal }) })
    this.#nonce = response.headers.get('dpop-nonce') ?? this.#nonce
    return response
  }

  async #headersFor(method: string, url: URL, record: TokenRecord): Promise<Record<string, string>> {
    const { tokenType, accessToken, dpopKey } = record
    const authorization = `${tokenType} ${accessToken}`
    if (dpopKey === undefined) return { authorization }
    const target = { method, url, accessToken, nonce: this.#nonce }
    return { authorization, dpop: await DpopKey.fromJwk(dpopKey).prove(target, this.#deps.now()) }
  }
}

// A stream can be read once; everything else can be sent again.
function canReplay(body: RequestInit['body']): boolean {
  return (
    !(body instanceof ReadableStream) && !(typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
  )
}

// RFC 9449 §9: the token is good, the proof wants the nonce that comes with this answer.
function wantsNonce({ status, headers }: Response): boolean {
  return status === 401 && /use_dpop_nonce/.test(headers.get('www-authenticate') ?? '')
}

// Okta says when the bucket fills, in epoch seconds on its own clock; the header may come twice.
function untilReset(response: Response): number {
  const reset = Number(response.headers.get('x-rate-limit-reset')?.split(',')[0]) * 1000
  const now = Date.parse(response.headers.get('date') ?? '')
  return Number.isFinite(reset - now) ? Math.max(1000, reset - now) : 1000
}
