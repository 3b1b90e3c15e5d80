import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import { RemoteKeys, type RemoteKeysDeps } from './remote-keys.js'
import { trustDomainOf } from './spiffe-id.js'

/** An issuer of identity tokens, or a SPIFFE trust domain. */
export interface IssuerConfig {
  /** The `iss` of its tokens, or the name of the trust domain. */
  readonly name: string
  readonly isTrustDomain: boolean
  /** Its keys, from a file. Default: they are read over HTTP. */
  readonly keys?: JWTVerifyGetKey | undefined
  /** The URL of the bundle of a trust domain. */
  readonly bundleUrl?: string | undefined
  readonly algorithms: readonly string[]
  /** The maximum time between the `iat` and the `exp` of a token. */
  readonly maxLifetimeMs: number
  /** Whether each token is accepted once. */
  readonly isOnce: boolean
}

/** An issuer, with its keys. */
export interface TrustedIssuer extends IssuerConfig {
  readonly findKey: JWTVerifyGetKey
}

/** The keys that were read over HTTP. Kept when the configuration is reloaded. */
export class RemoteKeySets {
  readonly #deps: RemoteKeysDeps
  readonly #sets = new Map<string, RemoteKeys>()

  constructor(deps: RemoteKeysDeps) {
    this.#deps = deps
  }

  /** The keys of an issuer. They are read in the background, so that a mistake is logged before the first token. */
  of({ name, isTrustDomain, bundleUrl }: IssuerConfig): RemoteKeys {
    const id = `${name} ${bundleUrl ?? ''}`
    const known = this.#sets.get(id)
    if (known !== undefined) return known
    const source = isTrustDomain
      ? ({ type: 'bundle', trustDomain: name, url: bundleUrl ?? '' } as const)
      : ({ type: 'discovery', issuer: name } as const)
    const keys = new RemoteKeys(source, this.#deps)
    this.#sets.set(id, keys)
    void keys.read()
    return keys
  }
}

/** The issuers whose tokens can authenticate clients. */
export class TrustedIssuers {
  readonly #byName: ReadonlyMap<string, TrustedIssuer>
  readonly #remoteKeys: readonly RemoteKeys[]

  constructor(configs: readonly IssuerConfig[], remote: RemoteKeySets) {
    this.#remoteKeys = configs.filter(({ keys }) => keys === undefined).map(config => remote.of(config))
    this.#byName = new Map(
      configs.map(config => [config.name, { ...config, findKey: config.keys ?? remote.of(config).find }]),
    )
  }

  /** Whether the keys of an issuer cannot be read at the moment. */
  get areKeysMissing(): boolean {
    return this.#remoteKeys.some(({ isFailing }) => isFailing)
  }

  /** The issuer that signed a token, according to its unverified claims. */
  ofToken({ iss }: JWTPayload): TrustedIssuer | undefined {
    const found = typeof iss === 'string' ? this.#byName.get(iss) : undefined
    return found?.isTrustDomain ? undefined : found
  }

  /** The trust domain of a JWT-SVID, according to its unverified claims. */
  ofSvid({ sub }: JWTPayload): TrustedIssuer | undefined {
    const domain = typeof sub === 'string' ? trustDomainOf(sub) : undefined
    const found = domain === undefined ? undefined : this.#byName.get(domain)
    return found?.isTrustDomain ? found : undefined
  }
}
