import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose/jwt/sign'
import type { ClientKey } from './client-key.js'

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
  const issuedAt = Math.floor(now / 1000)
  return await new SignJWT()
    .setProtectedHeader({ alg: key.algorithm, ...(key.keyId !== undefined && { kid: key.keyId }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(endpoint.href)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    // Fresh for each attempt: with a `jti`, an assertion works once.
    .setJti(randomUUID())
    .sign(key.key)
}
