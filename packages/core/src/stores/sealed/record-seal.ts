import { createHash } from 'node:crypto'
import { decrypt, encrypt } from '../../keys/encryption.js'
import { keyGone, parseRecord, type Unreadable } from '../parse-record.js'
import type { StoreRecord } from '../token-record.js'

/** Converts records to texts and back, for the stores of texts. */
export interface RecordCodec {
  /** Prepares for a write, or throws, before a user signs in. */
  prepare(): Promise<void>
  encode(recordKey: string, record: StoreRecord): Promise<string>
  /** @returns the record, or why it cannot be read: a caller treats that as a miss, with a notice. */
  decode(recordKey: string, text: string): Promise<StoreRecord | Unreadable>
}

/** Records as unencrypted JSON. */
export const plainCodec: RecordCodec = {
  prepare: async () => {},
  encode: async (_recordKey, record) => JSON.stringify(record),
  decode: async (_recordKey, text) => parseRecord(text),
}

/** Where the encryption key comes from. */
export interface SealKeySource {
  /** Returns the keys that records may be encrypted with already. */
  find(): Promise<readonly Buffer[]>
  /** Returns the key for a new record, created if needed; `undefined` if no key can be stored: then nothing is encrypted. */
  obtain(): Promise<Buffer | undefined>
}

/** An encrypted record. Its associated data is the record key: moved to another key, it cannot be decrypted. */
interface SealedRecord {
  readonly schema: 2
  readonly kind: 'sealed'
  /** A digest that identifies the encryption key. */
  readonly sealedBy: string
  readonly iv: string
  readonly data: string
  readonly tag: string
}

/** The length of a key, in bytes. */
export const sealKeyBytes = 32

/**
 * Returns a codec for encrypted records. Unencrypted ones, from a time without a key, are read too, and encrypted when they are
 * written next.
 */
export function sealedCodec(keys: SealKeySource): RecordCodec {
  return {
    async prepare() {
      await keys.obtain()
    },
    async encode(recordKey, record) {
      const text = JSON.stringify(record)
      const key = await keys.obtain()
      return key === undefined ? text : sealText(recordKey, text, key)
    },
    async decode(recordKey, text) {
      const sealed = asSealed(text)
      if (sealed === undefined) return parseRecord(text)
      const key = (await keys.find()).find(one => idOf(one) === sealed.sealedBy)
      if (key === undefined) return { unreadable: keyGone }
      const opened = openText(recordKey, text, [key])
      return opened === undefined ? { unreadable: 'it was modified by another program' } : parseRecord(opened)
    },
  }
}

/** Encrypts a text for one place: at another place it cannot be decrypted. */
export function sealText(place: string, text: string, key: Buffer): string {
  const { iv, tag, data } = encrypt(text, key, place)
  const encoded = { iv: iv.toString('base64'), data: data.toString('base64'), tag: tag.toString('base64') }
  return JSON.stringify({ schema: 2, kind: 'sealed', sealedBy: idOf(key), ...encoded } satisfies SealedRecord)
}

/** Returns a source of keys that are known: the first encrypts, and each decrypts. */
export function knownKeys(keys: readonly Buffer[]): SealKeySource {
  return { find: async () => keys, obtain: async () => keys[0] }
}

/** Returns whether a text is encrypted with a key. */
export function isSealedBy(text: string, key: Buffer): boolean {
  return asSealed(text)?.sealedBy === idOf(key)
}

/** Decrypts what {@link sealText} returned with one of these keys; `undefined` for any other text. */
export function openText(place: string, text: string, keys: readonly Buffer[]): string | undefined {
  const sealed = asSealed(text)
  const key = keys.find(one => idOf(one) === sealed?.sealedBy)
  if (sealed === undefined || key === undefined) return undefined
  const decoded = (part: string) => Buffer.from(part, 'base64')
  return decrypt({ iv: decoded(sealed.iv), tag: decoded(sealed.tag), data: decoded(sealed.data) }, key, place)
}

function asSealed(text: string): SealedRecord | undefined {
  if (!text.includes('"sealed"')) return undefined
  try {
    const value = JSON.parse(text)
    const isSealed =
      value?.kind === 'sealed' &&
      value.schema === 2 &&
      ['sealedBy', 'iv', 'data', 'tag'].every(name => typeof value[name] === 'string')
    return isSealed ? value : undefined
  } catch {
    return undefined
  }
}

function idOf(key: Buffer): string {
  return createHash('sha256').update('connect-okta store key').update(key).digest('hex').slice(0, 16)
}
