import { createHash, createPrivateKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'

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
