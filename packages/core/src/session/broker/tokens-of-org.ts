import { OrgChanged } from '../../oauth/broker/org-changed.js'
import type { TokenOptions } from '../okta-session.js'
import type { Obtained } from '../tokens/renew-token.js'
import type { SessionToken, TokenProvider } from '../tokens/token-provider.js'
import type { TokenSource } from '../tokens/token-source.js'

/** The tokens of a broker for one org: a token of another org is never sent to it. */
export class TokensOfOrg implements TokenProvider {
  readonly account = undefined
  readonly #tokens: TokenSource
  readonly #orgUrl: URL

  constructor(tokens: TokenSource, orgUrl: URL) {
    this.#tokens = tokens
    this.#orgUrl = orgUrl
  }

  cached(options?: TokenOptions): SessionToken | undefined {
    const record = this.#tokens.cached(options)
    return record?.login.orgUrl === this.#orgUrl.origin ? record : undefined
  }

  async get(options?: TokenOptions, rejected?: SessionToken): Promise<Obtained> {
    const obtained = await this.#tokens.get(options, rejected)
    const { orgUrl } = obtained.record.login
    if (orgUrl !== this.#orgUrl.origin) throw new OrgChanged(this.#orgUrl, new URL(orgUrl))
    return obtained
  }

  reject(token: SessionToken): void {
    this.#tokens.reject(token)
  }

  async end(): Promise<void> {
    await this.#tokens.end()
  }
}
