import { sleep } from './abort.js'
import type { Connection } from './connection.js'
import type { Deps } from './deps.js'
import { DpopKey } from './dpop.js'
import { isOktaConnectError, optionsInvalid } from './errors.js'
import type { AccessToken, OktaSession, TokenOptions } from './okta-session.js'
import { untilReset } from './retry-policy.js'
import type { Grant, TokenRecord } from './token-record.js'
import type { TokenSource } from './token-source.js'

const mostWaits = 3
const longestWaitMs = 60_000

/** The one {@link OktaSession} there is: a token source, and the manners of Okta's API. */
export class LiveSession implements OktaSession {
  readonly #connection: Connection
  readonly #tokens: TokenSource
  readonly #deps: Deps
  // The API's nonce; the one of the authorization server is another (RFC 9449 §9).
  #nonce: string | undefined

  constructor(connection: Connection, tokens: TokenSource, deps: Deps) {
    this.#connection = connection
    this.#tokens = tokens
    this.#deps = deps
  }

  get orgUrl(): URL {
    return new URL(this.#connection.orgUrl)
  }

  get clientId(): string {
    return this.#connection.login.clientId
  }

  get scopes(): readonly string[] {
    return this.#connection.login.scopes
  }

  get grant(): Grant {
    return this.#connection.grant
  }

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

  async authorization(method: string, url: string | URL, options?: TokenOptions): Promise<Record<string, string>> {
    const target = this.#target(url)
    const { record } = await this.#tokens.obtain(options)
    return await this.#headersFor(method, target, record)
  }

  async fetch(pathOrUrl: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = this.#target(pathOrUrl)
    const waiting = init.signal ? { signal: init.signal } : {}
    let hasNonce = false
    let refused: TokenRecord | undefined
    for (let waits = 0; ; ) {
      const { record } = await this.#tokens.obtain(waiting, refused)
      const response = await this.#send(url, init, record)
      if (!canReplay(init.body)) return response
      if (!hasNonce && wantsNonce(response)) {
        hasNonce = true
      } else if (response.status === 401 && refused === undefined) {
        refused = record
      } else if (response.status === 429 && waits < mostWaits) {
        const waitMs = untilReset(response)
        if (waitMs > longestWaitMs) return response
        waits += 1
        await sleep(waitMs, waiting.signal)
      } else {
        return response
      }
      await response.body?.cancel()
    }
  }

  async disconnect(): Promise<void> {
    const record = await this.#tokens.end()
    if (record === undefined) return
    try {
      await this.#revoke(record)
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
      this.#deps.notify({
        code: 'revocation_failed',
        message: `The token is forgotten here, but not revoked at Okta: ${error.message}`,
      })
    }
  }

  async #revoke({ accessToken, refreshToken }: TokenRecord): Promise<void> {
    const { revokeToken } = await import('./token-endpoint.js')
    const attempt = { ...this.#connection, signal: undefined, forceLogin: false }
    // The refresh token first: with it, new access tokens could still be made.
    if (refreshToken !== undefined) {
      await revokeToken(attempt, { token: refreshToken, kind: 'refresh_token' }, this.#deps)
    }
    await revokeToken(attempt, { token: accessToken, kind: 'access_token' }, this.#deps)
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

  async #send(url: URL, init: RequestInit, record: TokenRecord): Promise<Response> {
    const headers = new Headers(init.headers)
    const authorization = await this.#headersFor(init.method ?? 'GET', url, record)
    for (const [name, value] of Object.entries(authorization)) headers.set(name, value)
    const response = await this.#deps.fetch(url, { ...init, headers, redirect: 'manual' })
    this.#nonce = response.headers.get('dpop-nonce') ?? this.#nonce
    this.#connection.clock.learn(response, this.#deps.now(), this.#deps.notify)
    return response
  }

  async #headersFor(method: string, url: URL, record: TokenRecord): Promise<Record<string, string>> {
    const { tokenType, accessToken, dpopKey } = record
    const authorization = `${tokenType} ${accessToken}`
    if (dpopKey === undefined) return { authorization }
    const target = { method, url, accessToken, nonce: this.#nonce }
    return {
      authorization,
      dpop: await DpopKey.fromJwk(dpopKey).prove(target, this.#connection.clock.now(this.#deps.now())),
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
