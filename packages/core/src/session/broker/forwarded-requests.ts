import { randomUUID } from 'node:crypto'
import type { Connection } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { boundedFetch } from '../../http/bounded-fetch.js'
import { isNetworkError, networkError } from '../../http/network-error.js'
import { authorizationAtBroker } from '../../oauth/broker/authorization-at-broker.js'
import { brokerErrorIn } from '../../oauth/broker/broker-error.js'
import type { TokenWithheld } from '../../oauth/broker/token-withheld.js'
import type { AccessToken, FetchOptions, TokenOptions } from '../okta-session.js'
import type { RequestInput } from '../request-input.js'
import { DefaultOktaSession } from '../session.js'
import { StaticTokens } from '../static-tokens/static-tokens.js'

/** The requests of a session whose token does not leave the broker: the broker sends them to the org. */
export class ForwardedRequests {
  readonly orgUrl: URL
  readonly #connection: Connection
  readonly #withheld: TokenWithheld
  readonly #deps: Deps
  readonly #session: DefaultOktaSession

  constructor(connection: Connection, withheld: TokenWithheld, deps: Deps) {
    this.orgUrl = withheld.connection.orgUrl
    this.#connection = connection
    this.#withheld = withheld
    this.#deps = deps
    const { login, grant, clock } = connection
    // Waits and repeats as for any session. The broker replaces the token.
    this.#session = new DefaultOktaSession(
      {
        orgUrl: this.orgUrl,
        clientId: login.clientId,
        authorizationServer: undefined,
        scopes: login.scopes,
        grant,
        clock,
        server: 'The broker',
      },
      new StaticTokens({
        accessToken: randomUUID(),
        tokenType: 'Bearer',
        grantedScopes: login.scopes,
        expiresAt: null,
        generation: 'forwarded',
      }),
      { ...deps, fetch: (input, init) => this.#forward(new URL(String(input)), init) },
    )
  }

  async token(): Promise<AccessToken> {
    throw this.#withheld
  }

  fetch(input: RequestInput, init?: RequestInit, options?: FetchOptions): Promise<Response> {
    return this.#session.fetch(input, init, options)
  }

  /** Gets the headers for one request from the broker, for a token that is bound to a key (RFC 9449). */
  async authorization(
    method: string,
    url: string | URL,
    { signal }: TokenOptions = {},
  ): Promise<Record<string, string>> {
    const { broker } = this.#connection
    const endpoint = new URL(
      `/connections/${encodeURIComponent(this.#withheld.connection.name)}/authorization`,
      broker?.url,
    )
    const send = boundedFetch(this.#deps.fetch, { ...this.#connection, signal })
    const response = await send(endpoint.href, {
      method: 'POST',
      headers: { ...(await this.#credentials(signal)), 'content-type': 'application/json' },
      body: JSON.stringify({ method, url: String(url) }),
    })
    const error = await brokerErrorIn(response, this.#connection)
    if (error !== undefined) throw error
    const body: unknown = await response.json().catch(() => undefined)
    const headers = Object(Object(body).headers) as Record<string, unknown>
    const { authorization, dpop } = headers
    if (typeof authorization === 'string' && typeof dpop === 'string') return { authorization, dpop }
    throw new OktaConnectError('token_response_invalid', `The broker ${endpoint.host} returned no headers.`, {
      hint: 'Check the version of the broker.',
    })
  }

  async #forward(url: URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const credentials = await this.#credentials(init.signal ?? undefined)
    for (const [name, value] of Object.entries(credentials)) headers.set(name, value)
    const { proxy } = this.#withheld.connection
    const target = `${proxy}${url.pathname}${url.search}`
    const response = await this.#deps.fetch(target, { ...init, headers }).catch((error: unknown) => {
      throw init.signal?.aborted || !isNetworkError(error)
        ? error
        : networkError(new URL(proxy).host, error, 'address of the broker')
    })
    // The session waits after a 429, whether it is of the broker or of Okta.
    const error = response.status === 429 ? undefined : await brokerErrorIn(response, this.#connection)
    if (error === undefined) return withLinksToOrg(response, proxy, this.orgUrl)
    await response.body?.cancel()
    throw error
  }

  // With the org that the request is meant for: the broker rejects it if its connection belongs to another one.
  async #credentials(signal: AbortSignal | undefined): Promise<Record<string, string>> {
    const authorization = await authorizationAtBroker({ ...this.#connection, signal }, this.#deps)
    return { ...authorization, 'connect-okta-org': this.orgUrl.origin }
  }
}

// Callers see the URLs of the org, as without a broker.
function withLinksToOrg(response: Response, proxy: string, { origin }: URL): Response {
  const names = ['link', 'location'].filter(name => response.headers.get(name)?.includes(`${proxy}/`))
  if (names.length === 0) return response
  const headers = new Headers(response.headers)
  for (const name of names) headers.set(name, headers.get(name)?.replaceAll(`${proxy}/`, `${origin}/`) ?? '')
  const { status, statusText } = response
  return new Response(response.body, { status, statusText, headers })
}
