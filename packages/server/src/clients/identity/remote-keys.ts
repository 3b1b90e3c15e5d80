import { type Deps, isOktaConnectError } from '@connect-okta/core'
import { networkError, readApiBody } from '@connect-okta/core/api'
import { errors, type JWTVerifyGetKey } from 'jose'
import type { Logger } from 'pino'
import { isLoopbackHost } from '../../http/loopback-host.js'
import { type KeySet, readKeySet } from './key-set.js'

/** Where keys are read from: by the discovery document of an issuer, or a SPIFFE bundle. */
export type KeySource =
  | { readonly type: 'discovery'; readonly issuer: string }
  | { readonly type: 'bundle'; readonly trustDomain: string; readonly url: string }

/** The dependencies of {@link RemoteKeys}. */
export interface RemoteKeysDeps {
  readonly fetch: Deps['fetch']
  readonly log: Logger
  monotonicNow(): number
}

const timeoutMs = 5_000
const maxBytes = 1024 * 1024
const minFreshMs = 5 * 60_000
const defaultFreshMs = 60 * 60_000
const maxFreshMs = 24 * 60 * 60_000
// While the issuer does not respond, its last keys are used for this long after they should have been read again.
const maxStaleMs = 6 * 60 * 60_000
const refreshIntervalMs = 30_000
const retryIntervalMs = 5_000

/** The keys of the issuer are not known, or not all of them. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'

  constructor(
    message: string,
    /** The time until they are read again. */
    readonly retryAfterMs: number,
  ) {
    super(message)
  }
}

/**
 * Keys that are read over HTTP and cached. They are read again when they are no longer fresh, and for a token with an unknown key
 * id, at most every 30 seconds.
 *
 * @see RFC 9111 §5.2.2.1, OpenID Connect Discovery 1.0 §4
 */
export class RemoteKeys {
  readonly #source: KeySource
  readonly #deps: RemoteKeysDeps
  #keys: KeySet | undefined
  #freshUntil = Number.NEGATIVE_INFINITY
  #nextReadAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined
  #reported: string | undefined

  constructor(source: KeySource, deps: RemoteKeysDeps) {
    this.#source = source
    this.#deps = deps
  }

  /** Whether the keys could not be read when they were last tried. */
  get isFailing(): boolean {
    return this.#reported !== undefined
  }

  /** Finds the key of a token. @throws {@link KeysUnavailable}, `JWKSNoMatchingKey` */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const known = this.#usable()
    // RFC 5861 §3: keys in memory are used while they are read again.
    if (this.#deps.monotonicNow() >= this.#freshUntil) void this.read()
    try {
      if (known !== undefined) return await known.find(header, token)
    } catch (error) {
      // A new key has a new kid.
      const isNew = header.kid !== undefined && !known?.kids.has(header.kid)
      if (!(error instanceof errors.JWKSNoMatchingKey && isNew)) throw error
    }
    const isRead = await this.read()
    const current = this.#usable()
    const retryAfterMs = Math.max(0, this.#nextReadAt - this.#deps.monotonicNow())
    if (current === undefined) throw new KeysUnavailable('the keys of the issuer cannot be read', retryAfterMs)
    // The issuer may have published this key a moment ago.
    if (!isRead) throw new KeysUnavailable('the key is unknown, and the keys were not fetched again yet', retryAfterMs)
    return await current.find(header, token)
  }

  /**
   * Reads the keys, unless they were read a moment ago. Never rejects: the reason is logged.
   *
   * @returns whether they were read.
   */
  async read(): Promise<boolean> {
    if (this.#reading === undefined) {
      if (this.#deps.monotonicNow() < this.#nextReadAt) return false
      this.#reading = this.#read().finally(() => {
        this.#reading = undefined
      })
    }
    await this.#reading
    return this.#reported === undefined
  }

  #usable(): KeySet | undefined {
    return this.#deps.monotonicNow() < this.#freshUntil + maxStaleMs ? this.#keys : undefined
  }

  async #read(): Promise<void> {
    const { monotonicNow } = this.#deps
    try {
      const { keys, freshMs } = await this.#fetchKeys()
      this.#keys = keys
      this.#freshUntil = monotonicNow() + freshMs
      this.#nextReadAt = monotonicNow() + refreshIntervalMs
      this.#report(undefined)
    } catch (error) {
      this.#nextReadAt = monotonicNow() + retryIntervalMs
      this.#report(error as Error)
    }
  }

  async #fetchKeys() {
    if (this.#source.type === 'bundle') {
      const { content, headers } = await this.#fetchJson(this.#source.url)
      const keys = readKeySet(content, 'spiffe')
      return { keys, freshMs: freshMs(headers, keys.refreshHint) }
    }
    const { content, headers } = await this.#fetchJson(await this.#jwksUri(this.#source.issuer))
    return { keys: readKeySet(content, 'jwks'), freshMs: freshMs(headers) }
  }

  async #jwksUri(issuer: string): Promise<string> {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const { content } = await this.#fetchJson(url)
    const { issuer: named, jwks_uri: jwksUri } = (content ?? {}) as { issuer?: unknown; jwks_uri?: unknown }
    if (named !== issuer) throw new Error(`${url} names a different issuer: ${shortened(named)}`)
    if (typeof jwksUri !== 'string' || !isAllowed(jwksUri, issuer))
      throw new Error(`the jwks_uri in ${url} must be https`)
    return jwksUri
  }

  async #fetchJson(url: string): Promise<{ content: unknown; headers: Headers }> {
    // Without the query, which may have a secret.
    const { host, origin, pathname } = new URL(url)
    const plain = origin + pathname
    const { response, start, rest } = await this.#fetch(url).catch((error: Error) => {
      throw error.name === 'TimeoutError' ? new Error(`${host} does not respond`) : networkError(host, error)
    })
    if (response.status !== 200) throw new Error(`${plain} returned the status ${response.status}`)
    if (rest !== undefined) throw new Error(`${plain} returned more than 1 MiB`)
    try {
      return { content: JSON.parse(start.toString()), headers: response.headers }
    } catch {
      throw new Error(`${plain} did not return JSON`)
    }
  }

  async #fetch(url: string) {
    const response = await this.#deps.fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const { start, rest } = await readApiBody(response.body, maxBytes)
    await rest?.cancel()
    return { response, start, rest }
  }

  // Once for each reason: while an issuer does not respond, every token would report it.
  #report(error: Error | undefined): void {
    if (error?.message === this.#reported) return
    this.#reported = error?.message
    const name = this.#source.type === 'bundle' ? this.#source.trustDomain : this.#source.issuer
    if (error === undefined) {
      this.#deps.log.info({ issuer: name }, 'the keys of an issuer can be read again')
      return
    }
    const isUntrusted = isOktaConnectError(error) && error.code === 'tls_untrusted'
    const hint = isUntrusted ? error.hint : 'Check the URL of the issuer, and the network of the broker.'
    this.#deps.log.warn({ issuer: name, reason: error.message, hint }, 'the keys of an issuer cannot be read')
  }
}

function isAllowed(jwksUri: string, issuer: string): boolean {
  if (!URL.canParse(jwksUri)) return false
  const { protocol, hostname } = new URL(jwksUri)
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:') && isLoopbackHost(hostname))
}

function freshMs(headers: Headers, hintSeconds?: number): number {
  const cacheControl = headers.get('cache-control') ?? ''
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(cacheControl)?.[1]
  const isUncacheable = /(?:^|[\s,])no-(?:store|cache)\b/i.test(cacheControl)
  const seconds = isUncacheable ? 0 : (hintSeconds ?? (maxAge === undefined ? undefined : Number(maxAge)))
  const givenMs = seconds === undefined ? defaultFreshMs : seconds * 1000
  return Math.min(Math.max(givenMs, minFreshMs), maxFreshMs)
}

function shortened(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 200)
}
