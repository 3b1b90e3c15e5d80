import { createHash } from 'node:crypto'
import { decrypt, encrypt } from '../../keys/encryption.js'
import { parseRecord, type StoreRecord, type Unreadable } from '../token-record.js'

/** Keeps records as texts. Each store of texts has one. */
export interface RecordCodec {
  /** Makes ready to write, or says why that cannot be, before anybody signs in. */
  prepare(): Promise<void>
  encode(recordKey: string, record: StoreRecord): Promise<string>
  /** @returns the record, or why it is none: a caller treats that as a miss, and tells it in a notice. */
  decode(recordKey: string, text: string): Promise<StoreRecord | Unreadable>
}

/** Records as JSON that whoever may read the store can read. */
export const plainCodec: RecordCodec = {
  prepare: async () => {},
  encode: async (_recordKey, record) => JSON.stringify(record),
  decode: async (_recordKey, text) => parseRecord(text),
}

/** Where the key comes from that seals records. */
export interface SealKeySource {
  /** The key to open what is sealed already; `undefined` where there is none any more. */
  find(): Promise<Buffer | undefined>
  /** The key to seal with, made if need be; `undefined` where nothing can keep one: then records stay plain. */
  obtain(): Promise<Buffer | undefined>
}

/** A sealed record. The tag covers the key of the record: one that is moved to another place does not open there. */
interface SealedRecord {
  readonly schema: 2
  readonly kind: 'sealed'
  /** Which key sealed it: a digest, no secret. */
  readonly sealedBy: string
  readonly iv: string
  readonly data: string
  readonly tag: string
}

/** The length of a key, in bytes. */
export const sealKeyBytes = 32

/**
 * Records sealed with AES-256-GCM. Plain ones, from a time without a key, are read too, and sealed when they are written
 * next.
 *
 * @see NIST SP 800-38D
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
      const key = await keys.find()
      if (key === undefined || idOf(key) !== sealed.sealedBy) return { unreadable: 'its key is gone' }
      const opened = openText(recordKey, text, key)
      return opened === undefined ? { unreadable: 'it has been tampered with' } : parseRecord(opened)
    },
  }
}

/** Seals a text for one place: elsewhere it does not open. */
export function sealText(place: string, text: string, key: Buffer): string {
  const { iv, tag, data } = encrypt(text, key, place)
  const encoded = { iv: iv.toString('base64'), data: data.toString('base64'), tag: tag.toString('base64') }
  return JSON.stringify({ schema: 2, kind: 'sealed', sealedBy: idOf(key), ...encoded } satisfies SealedRecord)
}

/** Decrypts what {@link sealText} returned; `undefined` for any other text, and for another key. */
export function openText(place: string, text: string, key: Buffer): string | undefined {
  const sealed = asSealed(text)
  if (sealed === undefined) return undefined
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
