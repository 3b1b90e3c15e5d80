import { randomUUID } from 'node:crypto'
import type { ClientKey } from '../../keys/client-key.js'
import type { Notify } from '../../notice.js'

// Okta allows an hour. But then a clock that is one second ahead makes the assertion invalid.
const lifetimeSeconds = 300

// Longer than an agent or a key management service takes to sign by itself.
const promptMs = 2_000

/** What a signature depends on, in addition to the key and the request. */
export interface SigningContext {
  /** Milliseconds since 1970, on the clock of the server. */
  readonly now: number
  /** Cancels the signature. */
  readonly signal: AbortSignal | undefined
  /** Receives a notice if a signer takes long. */
  readonly notify: Notify
}

/**
 * Signs a client assertion for one request (RFC 7523 §3). It works once: create another for every attempt.
 *
 * @param audience the URL of the request, which Okta requires, where libraries use the issuer.
 * @throws {@link OktaConnectError} what a signer throws
 * @see https://developer.okta.com/docs/guides/build-self-signed-jwt/
 */
export async function signClientAssertion(
  key: ClientKey,
  clientId: string,
  audience: string,
  context: SigningContext,
): Promise<string> {
  const iat = Math.floor(context.now / 1000)
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
  return `${signingInput}.${encode(await signed(key, Buffer.from(signingInput), context))}`
}

function encode(content: string | Uint8Array): string {
  return Buffer.from(content as string).toString('base64url')
}

async function signed(key: ClientKey, data: Uint8Array, { signal, notify }: SigningContext): Promise<Uint8Array> {
  const { signerName } = key
  if (signerName === undefined) return await key.sign(data)
  const message = `${signerName} has not signed yet. It may be waiting for you to confirm, or to enter a PIN.`
  const timer = setTimeout(notify, promptMs, { code: 'signer_waiting', message })
  try {
    return await key.sign(data, { signal })
  } finally {
    clearTimeout(timer)
  }
}
