import { randomUUID } from 'node:crypto'
import type { EmulatorClient } from '@connect-okta/emulator'
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'

/** Signs what a service app sends to the token endpoint. */
export interface ServiceApp {
  /** The parameters of a token request with a new assertion (RFC 7523 §2.2). */
  tokenParameters(scope: string): Promise<Readonly<Record<string, string>>>
  /** A DPoP proof (RFC 9449 §4.2) with a key that stays the same. */
  proof(claims: {
    readonly htm: string
    readonly htu: string
    readonly nonce?: string
    readonly ath?: string
  }): Promise<string>
}

/** Creates a {@link ServiceApp} for an app and a token endpoint. */
export async function serviceApp({ clientId, jwk = {} }: EmulatorClient, tokenUrl: string): Promise<ServiceApp> {
  const clientKey = await importJWK(jwk, jwk.alg)
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const publicJwk = await exportJWK(publicKey)
  return {
    async tokenParameters(scope) {
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: String(jwk.alg), kid: String(jwk.kid) })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(tokenUrl)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(clientKey)
      return {
        grant_type: 'client_credentials',
        scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }
    },
    proof(claims) {
      return new SignJWT({ ...claims, jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwk })
        .setIssuedAt()
        .sign(privateKey)
    },
  }
}
