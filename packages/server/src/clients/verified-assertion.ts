import {
  type CryptoKey,
  errors,
  generateKeyPair,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose'
import type { Client } from './client.js'

// For unknown clients, and for clients without a matching key: one key for each algorithm. The private keys are discarded.
const placeholders = new Map<string, Promise<CryptoKey>>()

/**
 * The claims and the header of an assertion that was signed with one of the keys.
 *
 * @throws JOSEError
 */
export async function verifiedAssertion(
  assertion: string,
  findKey: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(assertion, findKey, options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return await jwtVerify(assertion, key, options)
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

/**
 * Finds the key of a client for an assertion. For an unknown client, or one without a matching key, it is a placeholder, so that
 * the response takes as long as for a wrong signature.
 */
export function keyFor(client: Client | undefined): JWTVerifyGetKey {
  return async (header, token) => {
    // For known clients too: generating the first key of an algorithm takes long.
    const placeholder = await placeholderFor(header.alg)
    if (client?.keys === undefined) return placeholder
    try {
      return await client.keys(header, token)
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
