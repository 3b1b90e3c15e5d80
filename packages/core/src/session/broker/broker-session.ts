import type { Connection } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { ServerClock } from '../../http/server-clock.js'
import { OrgChanged } from '../../oauth/broker/org-changed.js'
import { TokenWithheld } from '../../oauth/broker/token-withheld.js'
import type { AccessToken, FetchOptions, OktaSession, TokenOptions } from '../okta-session.js'
import { initOf, type RequestInput, targetOf } from '../request-input.js'
import { DefaultOktaSession } from '../session.js'
import { disconnected } from '../tokens/token-provider.js'
import type { TokenSource } from '../tokens/token-source.js'
import { ForwardedRequests } from './forwarded-requests.js'
import { TokensOfOrg } from './tokens-of-org.js'

type Requests = Pick<OktaSession, 'orgUrl' | 'token' | 'authorization' | 'fetch'>

/**
 * A session whose tokens come from a broker. The broker names the org with the first token, or forwards the requests if the token
 * does not leave it. From then on, the session belongs to that org.
 */
export class BrokerSession implements OktaSession {
  readonly grant = 'client_credentials'
  readonly account = undefined
  readonly authorizationServer = undefined
  readonly #connection: Connection
  readonly #tokens: TokenSource
  readonly #deps: Deps
  #requests: Requests | undefined
  #isEnded = false

  constructor(connection: Connection, tokens: TokenSource, deps: Deps) {
    this.#connection = connection
    this.#tokens = tokens
    this.#deps = deps
    // The options or the record of a sign-in that continues have the org.
    if (connection.orgUrl.origin !== this.broker.origin) this.requestFrom(connection.orgUrl)
  }

  get orgUrl(): URL {
    return this.#requests?.orgUrl ?? this.broker
  }

  get broker(): URL {
    return new URL(this.#connection.broker?.url ?? this.#connection.orgUrl)
  }

  get connection(): string | undefined {
    return this.#connection.login.connection
  }

  get clientId(): string {
    return this.#connection.login.clientId
  }

  get scopes(): readonly string[] {
    return this.#connection.login.scopes
  }

  // Functions that do not use `this`, because programs pass them to libraries.
  readonly token = (options?: TokenOptions): Promise<AccessToken> =>
    this.#use(options, requests => requests.token(options))

  readonly authorization = (
    method: string,
    url: string | URL,
    options?: TokenOptions,
  ): Promise<Record<string, string>> => this.#use(options, requests => requests.authorization(method, url, options))

  readonly fetch = async (input: RequestInput, given?: RequestInit, options?: FetchOptions): Promise<Response> => {
    // Once, because the body of a Request can be read only once.
    const init = await initOf(input, given)
    const { signal } = init
    return await this.#use(signal ? { signal } : {}, requests => requests.fetch(targetOf(input), init, options))
  }

  readonly disconnect = async (): Promise<void> => {
    this.#isEnded = true
    await this.#tokens.end()
  }

  /** Sends the requests to this org from now on, with the tokens of the broker. */
  requestFrom(orgUrl: URL): Requests {
    const { login, grant } = this.#connection
    const { clientId, scopes } = login
    this.#requests = new DefaultOktaSession(
      // Okta's clock is not that of the broker.
      { orgUrl, clientId, authorizationServer: undefined, scopes, grant, clock: new ServerClock() },
      new TokensOfOrg(this.#tokens, orgUrl),
      this.#deps,
    )
    return this.#requests
  }

  /**
   * Sends the requests through the broker from now on.
   *
   * @throws {@link OrgChanged} if the session belongs to another org
   */
  forwardThrough(withheld: TokenWithheld): Requests {
    const { orgUrl } = withheld.connection
    if (this.#requests !== undefined && this.#requests.orgUrl.origin !== orgUrl.origin) {
      throw new OrgChanged(this.#requests.orgUrl, orgUrl)
    }
    this.#requests = new ForwardedRequests(this.#connection, withheld, this.#deps)
    return this.#requests
  }

  // TokenWithheld is thrown before a request is sent.
  async #use<T>(options: TokenOptions = {}, act: (requests: Requests) => Promise<T>): Promise<T> {
    if (this.#isEnded) throw disconnected()
    try {
      const requests =
        this.#requests ?? this.requestFrom(new URL((await this.#tokens.get(options)).record.login.orgUrl))
      return await act(requests)
    } catch (error) {
      if (!(error instanceof TokenWithheld) || this.#requests instanceof ForwardedRequests) throw error
      return await act(this.forwardThrough(error))
    }
  }
}
