import {
  type CryptoKey,
  errors,
  generateKeyPair,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import type { Caller } from './client.js'

// For clients that do not exist, or have no key that fits: one for each algorithm. Their private halves are dropped.
const placeholders = new Map<string, Promise<CryptoKey>>()

/**
 * The claims of an assertion that a key of the client has signed. An unknown client, and one without a key that fits, take
 * as long as a wrong signature: a key that no one has is tried.
 *
 * @throws JOSEError
 */
export async function verifiedAssertion(
  assertion: string,
  caller: Caller | undefined,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(assertion, keyFor(caller), options)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return (await jwtVerify(assertion, key, options)).payload
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

function keyFor(caller: Caller | undefined): JWTVerifyGetKey {
  return async (header, token) => {
    // For known clients too: the first one of an algorithm takes long to make.
    const placeholder = await placeholderFor(header.alg)
    if (caller?.keys === undefined) return placeholder
    try {
      return await caller.keys(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return placeholder
      throw error
    }
  }
}

function placeholderFor(alg: string): Promise<CryptoKey> {
  const found = placeholders.get(alg)
  if (found !== undefined) return found
  const made = generateKeyPair(alg).then(({ publicKey }) => publicKey)
  placeholders.set(alg, made)
  return made
}
