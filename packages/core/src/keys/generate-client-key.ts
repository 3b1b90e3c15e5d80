import { generateKeyPair, type KeyObject } from 'node:crypto'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { OktaConnectError, optionsInvalid } from '../errors.js'
import { quoted } from '../safe-text.js'
import type { ClientKeyAlgorithm } from './algorithms.js'
import { algorithmOf } from './client-key.js'
import { findSecret, writeSecret } from './keyring.js'
import { thumbprintOf } from './thumbprint.js'

/** The types of client keys that Okta accepts. */
export const clientKeyTypes = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'P-256', 'P-384', 'P-521'] as const
/** A type of client key. */
export type ClientKeyType = (typeof clientKeyTypes)[number]

/** Options of {@link generateClientKey}. */
export interface ClientKeyOptions {
  /** Default: `RSA-2048`, as in Okta's Admin Console. */
  readonly type?: ClientKeyType
  /** The `kid`. Default: the thumbprint of the key (RFC 7638), so that no two keys have the same one. */
  readonly keyId?: string
}

/** A JWK of a client key, private or public. */
interface ClientJwk {
  readonly kty: string
  readonly kid: string
  readonly alg: ClientKeyAlgorithm
  readonly use: 'sig'
  readonly [member: string]: string
}

/** A generated client key. */
export interface GeneratedClientKey {
  /** The private key, for the program that connects. Never share it, not even with Okta. */
  readonly privateJwk: ClientJwk
  /** The public key, to paste into Okta: Applications > your app > General > Public keys > Add key. */
  readonly publicJwk: ClientJwk
}

const generate = promisify(generateKeyPair) as (type: string, options: object) => Promise<{ privateKey: KeyObject }>

/**
 * Generates a client key for an API Services app.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 * @see https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/, RFC 7517
 * @example
 * const { privateJwk, publicJwk } = await generateClientKey({ type: 'P-256' })
 */
export async function generateClientKey(options: ClientKeyOptions = {}): Promise<GeneratedClientKey> {
  const { type = 'RSA-2048', keyId } = options
  if (!clientKeyTypes.includes(type)) {
    throw optionsInvalid(`There is no client key type named ${quoted(type)}.`, `Use ${clientKeyTypes.join(', ')}.`)
  }
  const { privateKey } = type.startsWith('RSA-')
    ? await generate('rsa', { modulusLength: Number(type.slice(4)) })
    : await generate('ec', { namedCurve: type })
  const jwk = privateKey.export({ format: 'jwk' }) as Record<string, string>
  const about = { kid: keyId?.trim() || thumbprintOf(jwk), alg: algorithmOf(jwk), use: 'sig' } as const
  const privateJwk = { ...jwk, ...about } as ClientJwk
  return { privateJwk, publicJwk: publicHalfOf(privateJwk) }
}

/** Returns the public half of a generated key. */
export function publicHalfOf({ kty, n, e, crv, x, y, kid, alg, use }: Readonly<Record<string, string>>): ClientJwk {
  const members = kty === 'RSA' ? { n, e } : { crv, x, y }
  return { kty, ...members, kid, alg, use } as ClientJwk
}

/**
 * Saves a private key in a new file that only this user can read (0600), or in the system keyring, where settings refer
 * to it as `{ keyring: NAME }`. It never overwrites a key, which may be the only copy.
 *
 * @param place the path of the file, or the name in the keyring.
 * @throws {@link OktaConnectError} `options_invalid` if the file or the name exists, `store_failed`
 * @example
 * await saveClientKey('okta-key.json', privateJwk)
 * await saveClientKey({ keyring: 'okta-production' }, privateJwk)
 */
export async function saveClientKey(place: string | { readonly keyring: string }, privateJwk: object): Promise<void> {
  await (typeof place === 'string' ? writeNewFile(place, privateJwk) : writeNewEntry(place.keyring, privateJwk))
}

async function writeNewFile(path: string, privateJwk: object): Promise<void> {
  try {
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile(`${JSON.stringify(privateJwk, undefined, 2)}\n`)
    await file.sync()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw optionsInvalid(`${path} already exists.`, 'Use a new file: a key is never overwritten.')
    }
    throw new OktaConnectError('store_failed', `The key cannot be written to ${path} (${code}).`, {
      hint: 'Use a file in an existing folder that you can write to.',
      cause,
    })
  }
}

async function writeNewEntry(name: string, privateJwk: object): Promise<void> {
  if (name.trim() === '') throw optionsInvalid('The name of the key is empty.', 'Use a name such as okta-production.')
  if ((await findSecret(name)) === undefined) return await writeSecret(name, JSON.stringify(privateJwk))
  const message = `The keyring already has a secret named ${quoted(name)}.`
  throw optionsInvalid(message, 'Use another name: a key is never overwritten.')
}
