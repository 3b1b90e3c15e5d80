import { randomUUID } from 'node:crypto'
import type { ClientKey } from '../keys/client-key.js'

// Okta allows an hour, but with an hour a clock one second fast is refused already.
const lifetimeSeconds = 300

/**
 * Signs a client assertion for one request (RFC 7523 §3). It works once: sign again for every attempt.
 *
 * @param endpoint the URL that is called: Okta wants it as audience, where libraries send the issuer.
 * @param now milliseconds since 1970, on the clock of the server.
 * @see https://developer.okta.com/docs/guides/build-self-signed-jwt/
 */
export async function signClientAssertion(
  key: ClientKey,
  clientId: string,
  endpoint: URL,
  now: number,
): Promise<string> {
  const iat = Math.floor(now / 1000)
  const header = { alg: key.algorithm, ...(key.keyId !== undefined && { kid: key.keyId }) }
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: endpoint.href,
    iat,
    exp: iat + lifetimeSeconds,
    // Fresh for each attempt: with a `jti`, an assertion works once.
    jti: randomUUID(),
  }
  // By hand, since the key may be one that only its owner can use (RFC 7515 §7.1).
  const signingInput = [header, claims].map(part => encode(JSON.stringify(part))).join('.')
  return `${signingInput}.${encode(await key.sign(Buffer.from(signingInput)))}`
}

function encode(content: string | Uint8Array): string {
  return Buffer.from(content as string).toString('base64url')
}
