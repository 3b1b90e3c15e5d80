import { randomUUID } from 'node:crypto'
import type { ClientKey } from '../../keys/client-key.js'

// Okta allows an hour. But then a clock that is one second ahead makes the assertion invalid.
const lifetimeSeconds = 300

/**
 * Signs a client assertion for one request (RFC 7523 §3). It works once: create another for every attempt.
 *
 * @param audience the URL of the request, which Okta requires, where libraries use the issuer.
 * @param now milliseconds since 1970, on the clock of the server.
 * @see https://developer.okta.com/docs/guides/build-self-signed-jwt/
 */
export async function signClientAssertion(
  key: ClientKey,
  clientId: string,
  audience: string,
  now: number,
): Promise<string> {
  const iat = Math.floor(now / 1000)
  const header = { alg: key.algorithm, ...(key.keyId !== undefined && { kid: key.keyId }) }
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    iat,
    exp: iat + lifetimeSeconds,
    // Okta accepts each `jti` once.
    jti: randomUUID(),
  }
  // Not by a JWT library: the key may be in a device that only signs (RFC 7515 §7.1).
  const signingInput = [header, claims].map(part => encode(JSON.stringify(part))).join('.')
  return `${signingInput}.${encode(await key.sign(Buffer.from(signingInput)))}`
}

function encode(content: string | Uint8Array): string {
  return Buffer.from(content as string).toString('base64url')
}
