import { createHash, createPrivateKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'

/** The request that a proof is for. */
interface ProofTarget {
  readonly method: string
  readonly url: URL
  /** The token of the request; none at the token endpoint. */
  readonly accessToken?: string
  readonly nonce?: string | undefined
}

/** A private key on the curve P-256, as stored in a record (RFC 7518 §6.2). */
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

  /** Generates a key. */
  static async generate(): Promise<DpopKey> {
    const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
    return new DpopKey(privateKey)
  }

  /** Imports a key from a token record. */
  static fromJwk(jwk: DpopJwk): DpopKey {
    return new DpopKey(createPrivateKey({ key: { ...jwk }, format: 'jwk' }))
  }

  /** Exports the private key, for the token record only. */
  toJwk(): DpopJwk {
    return this.#key.export({ format: 'jwk' }) as unknown as DpopJwk
  }

  /**
   * Creates a proof of possession for one request.
   *
   * @param now milliseconds since 1970, on the clock of the server.
   * @see RFC 9449 §4.2
   */
  async prove({ method, url, accessToken, nonce }: ProofTarget, now: number): Promise<string> {
    const { SignJWT } = await import('jose/jwt/sign')
    const claims = {
      // A replayed proof is rejected.
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
