import { type CryptoKey, errors, generateKeyPair, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Caller } from './caller.js'

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
  const verify = async (key: CryptoKey) => (await jwtVerify(assertion, key, options)).payload
  try {
    return (await jwtVerify(assertion, caller?.keys ?? placeholderFor, options)).payload
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) {
      return (await jwtVerify(assertion, placeholderFor, options)).payload
    }
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return await verify(key)
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

function placeholderFor({ alg }: { readonly alg?: string }): Promise<CryptoKey> {
  const name = alg ?? ''
  const found = placeholders.get(name)
  if (found !== undefined) return found
  const made = generateKeyPair(name).then(({ publicKey }) => publicKey)
  placeholders.set(name, made)
  return made
}
