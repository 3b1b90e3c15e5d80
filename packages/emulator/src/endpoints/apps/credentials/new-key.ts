import { createPublicKey } from 'node:crypto'
import type { JWK } from 'jose'
import { ApiError } from '../../../http/errors.js'
import type { AppRegistration } from '../../../org/apps/app.js'
import { type KeyStatus, MAX_SAVED_KEYS } from '../../../org/apps/saved-keys.js'

const MIN_RSA_BITS = 2048

/** The members of a public signing key (RFC 7518 §6). Okta ignores the ID in a request. */
const MEMBERS = ['kty', 'alg', 'kid', 'use', 'n', 'e', 'crv', 'x', 'y'] as const
const KEY_TYPES: Readonly<Record<string, RegExp>> = { RSA: /^(RS|PS)\d{3}$/, EC: /^ES\d{3}$/ }

/**
 * Reads the key in the body of a request. The messages for `kid`, the length and the number of keys are those of Okta's
 * OpenAPI file (examples `ErrorClientJsonWebKey…`), all others are inferred.
 *
 * @throws {ApiError} when the app cannot have the key
 */
export function readNewKey(body: Readonly<Record<string, unknown>>, app: AppRegistration): NewKey {
  const jwk = publicJwk(body)
  const { status = 'ACTIVE' } = body
  if (status !== 'ACTIVE' && status !== 'INACTIVE') throw keyError('The status must be ACTIVE or INACTIVE.')
  if (app.jwksUri !== undefined) throw keyError("You can't add a key to an app that has a 'jwks_uri'.")
  if (app.savedKeys.length >= MAX_SAVED_KEYS) {
    throw keyError(
      `You can't create a new key. You have reached the maximum number of keys allowed (${MAX_SAVED_KEYS}). To add another key, you must first delete an existing one.`,
    )
  }
  checkKids([jwk.kid, ...app.savedKeys.map(key => key.jwk.kid)])
  return { jwk, status }
}

/** Several keys need different `kid`s. */
export function checkKids(kids: readonly (string | undefined)[]): void {
  if (kids.length > 1 && kids.includes(undefined)) {
    throw keyError(
      'Each key should have a unique kid when adding multiple keys. Use the Apps API to update the JWKS to add a kid for the existing key, or delete the existing key and re-add the key with a kid using the JWKS APIs.',
    )
  }
  if (new Set(kids).size < kids.length) throw keyError("All keys in the 'jwks' must have a unique `kid`.")
}

/** A key to add to an app. */
export interface NewKey {
  readonly jwk: JWK
  readonly status: KeyStatus
}

/** An error of the apps keys API. */
export function keyError(cause: string): ApiError {
  return new ApiError('E0000001', 'Api validation failed: JsonWebKey', { causes: [cause] })
}

/** Reads a public key. Texts that Okta does not document are inferred. */
export function publicJwk(body: Readonly<Record<string, unknown>>): JWK {
  if ('d' in body) throw keyError('The key must be a public key.')
  const algorithms = KEY_TYPES[String(body.kty)]
  const { alg, use } = body
  if (algorithms === undefined || (typeof alg === 'string' && !algorithms.test(alg))) {
    throw keyError('The key must be a valid RSA or EC key.')
  }
  if (use !== undefined && use !== null && use !== 'sig')
    throw keyError("The emulator supports only signing keys ('use': 'sig').")
  const jwk = Object.fromEntries(
    MEMBERS.map(name => [name, body[name]] as const).filter(([, value]) => typeof value === 'string'),
  ) as JWK
  const bits = modulusLength(jwk)
  if (bits !== undefined && bits < MIN_RSA_BITS) {
    throw keyError("RSA key length in the 'jwks' is less than '2,048' bits for the given key.")
  }
  return jwk
}

/** The length of an RSA key; undefined for an EC key. */
function modulusLength(jwk: JWK): number | undefined {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    return asymmetricKeyDetails?.modulusLength
  } catch {
    throw keyError('The key must be a valid RSA or EC key.')
  }
}
