import { createHash, createPrivateKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { OktaConnectError } from '../errors.js'

/**
 * When to prove possession of a key (RFC 9449): `auto` finds out whether the app demands it, `always` refuses a bearer
 * token, `never` refuses a bound one.
 */
export type DpopMode = 'auto' | 'always' | 'never'

/** What outlives a process: whether the app demands proofs, and the latest nonce of the authorization server. */
export interface DpopMemory {
  readonly isRequired: boolean
  readonly nonce?: string
}

/** What a proof is for. */
interface ProofTarget {
  readonly method: string
  readonly url: URL
  /** The token that the request carries; none at the token endpoint. */
  readonly accessToken?: string
  readonly nonce?: string | undefined
}

/** A private key on the curve P-256, as a record keeps it (RFC 7518 §6.2). */
export interface DpopJwk {
  readonly kty: 'EC'
  readonly crv: string
  readonly x: string
  readonly y: string
  readonly d: string
}

const algorithm = 'ES256'

/** The key that access tokens are bound to. Never the client key. */
export class DpopKey {
  readonly #key: KeyObject
  readonly #publicJwk: Omit<DpopJwk, 'd'>

  private constructor(key: KeyObject) {
    this.#key = key
    const { d: _private, ...publicJwk } = key.export({ format: 'jwk' }) as unknown as DpopJwk
    this.#publicJwk = publicJwk
  }

  /** A new key. Cheap: an elliptic curve. */
  static async generate(): Promise<DpopKey> {
    const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
    return new DpopKey(privateKey)
  }

  /** A key as a token record keeps it. */
  static fromJwk(jwk: DpopJwk): DpopKey {
    return new DpopKey(createPrivateKey({ key: { ...jwk }, format: 'jwk' }))
  }

  /** The private key, for the token record alone. */
  toJwk(): DpopJwk {
    return this.#key.export({ format: 'jwk' }) as unknown as DpopJwk
  }

  /**
   * Proves for one request that we hold the key.
   *
   * @param now milliseconds since 1970, on the clock of the server.
   * @see RFC 9449 §4.2
   */
  async prove({ method, url, accessToken, nonce }: ProofTarget, now: number): Promise<string> {
    const { SignJWT } = await import('jose/jwt/sign')
    const claims = {
      // Fresh for each attempt: a replayed proof is refused.
      jti: randomUUID(),
      htm: method.toUpperCase(),
      htu: `${url.origin}${url.pathname}`,
      ...(nonce !== undefined && { nonce }),
      ...(accessToken !== undefined && { ath: createHash('sha256').update(accessToken).digest('base64url') }),
    }
    return await new SignJWT(claims)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: algorithm, jwk: { ...this.#publicJwk } })
      .setIssuedAt(Math.floor(now / 1000))
      .sign(this.#key)
  }
}

/** Decides, request by request at the token endpoint, whether to send a proof, and learns from the answers. */
export class DpopNegotiation {
  readonly #mode: DpopMode
  #isRequired: boolean
  #nonce: string | undefined
  #key: DpopKey | undefined

  /** @param key the key of the token that is to be renewed: a refresh needs the same one (RFC 9449 §5). */
  constructor(mode: DpopMode, memory: DpopMemory, key: DpopKey | undefined) {
    this.#mode = mode
    const isKnown = memory.isRequired || key !== undefined
    this.#isRequired = mode === 'always' || (mode === 'auto' && isKnown)
    this.#nonce = memory.nonce
    this.#key = key
  }

  /** The header for the next attempt. */
  async headers(url: URL, now: number): Promise<Record<string, string>> {
    if (!this.#isRequired) return {}
    this.#key ??= await DpopKey.generate()
    return { dpop: await this.#key.prove({ method: 'POST', url, nonce: this.#nonce }, now) }
  }

  /**
   * Takes the nonce of an answer, which may stand on any, and says whether another attempt can do better.
   *
   * @param error the `error` of the answer, if it has one.
   */
  learn(response: Response, error: string | undefined): 'done' | 'retry' {
    const nonce = response.headers.get('dpop-nonce') ?? this.#nonce
    const isNewNonce = nonce !== this.#nonce
    this.#nonce = nonce
    if (error === 'use_dpop_nonce') return isNewNonce && this.#isRequired ? 'retry' : 'done'
    if (error !== 'invalid_dpop_proof' || this.#isRequired || this.#mode === 'never') return 'done'
    this.#isRequired = true
    return 'retry'
  }

  /**
   * What there is to remember once a token has come.
   *
   * @throws {@link OktaConnectError} `dpop_rejected` when the token is not of the kind that the mode demands.
   */
  conclude(tokenType: 'Bearer' | 'DPoP'): { memory: DpopMemory; key: DpopKey | undefined } {
    const isBound = tokenType === 'DPoP'
    if (!isAccepted(tokenType, this.#mode) || (isBound && this.#key === undefined)) {
      throw new OktaConnectError(
        'dpop_rejected',
        `Okta gave a ${tokenType} token, which dpop "${this.#mode}" refuses.`,
        {
          hint: isBound
            ? 'Use dpop "auto", or turn DPoP off at Applications > your app > General > Edit.'
            : 'Turn DPoP on at Applications > your app > General > Edit, or use dpop "auto".',
        },
      )
    }
    const nonce = this.#nonce
    return {
      memory: { isRequired: isBound, ...(nonce !== undefined && { nonce }) },
      key: isBound ? this.#key : undefined,
    }
  }
}

/** Whether a token of this type is what the mode allows. */
export function isAccepted(tokenType: 'Bearer' | 'DPoP', mode: DpopMode): boolean {
  switch (mode) {
    case 'auto':
      return true
    case 'always':
      return tokenType === 'DPoP'
    case 'never':
      return tokenType === 'Bearer'
  }
}
