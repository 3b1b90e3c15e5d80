import type { Deps } from '../deps.js'
import { optionsInvalid } from '../errors.js'
import { sleep } from '../http/abort.js'
import { isReset } from '../http/network-error.js'
import { msUntilReset } from '../http/retry-policy.js'
import type { ServerClock } from '../http/server-clock.js'
import { withUserAgent } from '../http/user-agent.js'
import { DpopKey } from '../keys/dpop-key.js'
import type { Account } from '../stores/account.js'
import type { Grant } from '../stores/token-record.js'
import type { AccessToken, FetchOptions, OktaSession, TokenOptions, TokenOrigin } from './okta-session.js'
import { isPermissionError, isScopeError, permissionAdvice } from './permission-error.js'
import { initOf, type RequestInput, targetOf } from './request-input.js'
import { recordSentTokens } from './sent-tokens.js'
import type { SessionToken, TokenProvider } from './tokens/token-provider.js'

/** What a session is connected to. */
export interface SessionInfo {
  readonly orgUrl: URL
  readonly clientId: string | undefined
  readonly authorizationServer: string | undefined
  readonly scopes: readonly string[]
  readonly grant: Grant
  readonly clock: ServerClock
  /** What answers the requests, for notices. Default: Okta. */
  readonly server?: string
}

const maxRateLimitWaits = 3
const maxRateLimitWaitMs = 60_000

/** The implementation of {@link OktaSession}: tokens, and how requests to Okta's API are authorized and repeated. */
export class DefaultOktaSession implements OktaSession {
  readonly #info: SessionInfo
  readonly #tokens: TokenProvider
  readonly #deps: Deps
  #cached: { readonly record: SessionToken; readonly token: Promise<AccessToken> } | undefined
  // The nonce of the API, which differs from that of the authorization server (RFC 9449 §9).
  #nonce: string | undefined
  #isForbiddenReported = false

  constructor(info: SessionInfo, tokens: TokenProvider, deps: Deps) {
    this.#info = info
    this.#tokens = tokens
    this.#deps = deps
  }

  get orgUrl(): URL {
    return new URL(this.#info.orgUrl)
  }

  // A session of a broker has a class of its own.
  get broker(): undefined {
    return undefined
  }

  get connection(): undefined {
    return undefined
  }

  get clientId(): string | undefined {
    return this.#info.clientId
  }

  get authorizationServer(): string | undefined {
    return this.#info.authorizationServer
  }

  get scopes(): readonly string[] {
    return this.#info.scopes
  }

  get grant(): Grant {
    return this.#info.grant
  }

  get account(): Account | undefined {
    return this.#tokens.account
  }

  // Functions that do not use `this`, because programs pass them to libraries.
  readonly token = (options?: TokenOptions): Promise<AccessToken> => {
    const cached = this.#tokens.cached(options)
    if (cached === undefined) return this.#obtain(options)
    // Callers share one promise: programs call this before each of their requests.
    if (this.#cached?.record !== cached) {
      this.#cached = { record: cached, token: Promise.resolve(tokenOf(cached, 'memory')) }
    }
    return this.#cached.token
  }

  readonly authorization = async (
    method: string,
    url: string | URL,
    options?: TokenOptions,
  ): Promise<Record<string, string>> => {
    const target = this.#target(url)
    const { record } = await this.#tokens.get(options)
    return await this.#headersFor(method, target, record)
  }

  readonly fetch = async (input: RequestInput, init?: RequestInit, options: FetchOptions = {}): Promise<Response> => {
    const target = this.#target(targetOf(input))
    const sentTokens = new Set<string>()
    const response = await this.#fetch(target, await initOf(input, init), options, sentTokens)
    const { notifyForbidden = true } = options
    if (notifyForbidden && response.status === 403) await this.#explainForbidden(response)
    return recordSentTokens(response, sentTokens)
  }

  async #fetch(
    url: URL,
    init: RequestInit,
    { waitForRateLimit = true }: FetchOptions,
    sentTokens: Set<string>,
  ): Promise<Response> {
    const options = init.signal ? { signal: init.signal } : {}
    let hasNonce = false
    let isRepeated = false
    let rejected: SessionToken | undefined
    let rejection: Response | undefined
    for (let waits = 0; ; ) {
      const { record } = await this.#tokens.get(options, rejected).catch(async error => {
        await rejection?.body?.cancel()
        throw error
      })
      // There is no other token, so the response is final.
      if (rejection !== undefined && record.generation === rejected?.generation) return rejection
      await rejection?.body?.cancel()
      rejection = undefined
      sentTokens.add(record.accessToken)
      const response = await this.#send(url, init, record).catch((error: unknown) => {
        if (isRepeated || !isIdempotent(init.method) || !canReplay(init.body) || !isReset(error)) throw error
        return undefined
      })
      if (response === undefined) {
        isRepeated = true
        continue
      }
      if (!canReplay(init.body)) {
        // This request cannot be sent again; the next one gets another token.
        if (response.status === 401 && !requiresNonce(response)) this.#tokens.reject(record)
        return response
      }
      if (!hasNonce && requiresNonce(response)) {
        hasNonce = true
      } else if (response.status === 401 && rejected === undefined) {
        rejected = record
        rejection = response
        continue
      } else if (response.status === 429 && waitForRateLimit && waits < maxRateLimitWaits) {
        const waitMs = msUntilReset(response)
        if (waitMs > maxRateLimitWaitMs) return response
        waits += 1
        const message = `${this.#info.server ?? 'Okta'}'s rate limit is reached. Continuing in ${Math.ceil(waitMs / 1000)} s.`
        this.#deps.notify({ code: 'retrying', message })
        await sleep(waitMs, options.signal)
      } else {
        return response
      }
      await response.body?.cancel()
    }
  }

  readonly disconnect = async (): Promise<void> => {
    await this.#tokens.end()
  }

  async #obtain(options: TokenOptions | undefined): Promise<AccessToken> {
    const { record, origin } = await this.#tokens.get(options)
    return tokenOf(record, origin)
  }

  #target(pathOrUrl: string | URL): URL {
    const { orgUrl } = this.#info
    if (!URL.canParse(String(pathOrUrl), orgUrl.href)) {
      throw optionsInvalid('The URL of the request is malformed.', 'Use a path such as /api/v1/users.')
    }
    const url = new URL(pathOrUrl, orgUrl)
    if (url.origin === orgUrl.origin) return url
    throw optionsInvalid(
      `The token of ${orgUrl.origin} is not sent to ${url.origin}.`,
      'Use a path, such as /api/v1/users, or connect to that org.',
    )
  }

  async #send(url: URL, init: RequestInit, record: SessionToken): Promise<Response> {
    const headers = withUserAgent(init.headers)
    const authorization = await this.#headersFor(init.method ?? 'GET', url, record)
    for (const [name, value] of Object.entries(authorization)) headers.set(name, value)
    const response = await this.#deps.fetch(url, { ...init, headers, redirect: 'manual' })
    this.#nonce = response.headers.get('dpop-nonce') ?? this.#nonce
    this.#info.clock.update(response, this.#deps.now(), this.#deps.notify)
    return response
  }

  // One notice is enough.
  async #explainForbidden(response: Response): Promise<void> {
    if (this.#isForbiddenReported) return
    if (!isScopeError(response.headers) && !(await isPermissionError(response))) return
    this.#isForbiddenReported = true
    const message = `The API rejects a request (HTTP 403). ${permissionAdvice(response.headers, this.grant)}`
    this.#deps.notify({ code: 'api_forbidden', message })
  }

  async #headersFor(method: string, url: URL, record: SessionToken): Promise<Record<string, string>> {
    const { tokenType, accessToken, dpopKey } = record
    const authorization = `${tokenType} ${accessToken}`
    if (dpopKey === undefined) return { authorization }
    const target = { method, url, accessToken, nonce: this.#nonce }
    return {
      authorization,
      dpop: await DpopKey.fromJwk(dpopKey).prove(target, this.#info.clock.now(this.#deps.now())),
    }
  }
}

// RFC 9110 §9.2.2: such a request may be repeated.
function isIdempotent(method = 'GET'): boolean {
  return /^(get|head|options|put|delete)$/i.test(method)
}

// A stream can be read only once.
function canReplay(body: RequestInit['body']): boolean {
  return !(
    body instanceof ReadableStream ||
    (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
  )
}

// RFC 9449 §9: the token is valid, and the proof requires the nonce of this response.
function requiresNonce({ status, headers }: Response): boolean {
  return status === 401 && /use_dpop_nonce/.test(headers.get('www-authenticate') ?? '')
}

function tokenOf(record: SessionToken, source: TokenOrigin): AccessToken {
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
