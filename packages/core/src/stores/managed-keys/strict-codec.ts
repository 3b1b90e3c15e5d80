import { OktaConnectError, optionsInvalid } from '../../errors.js'
import { keyGone } from '../parse-record.js'
import {
  isSealedBy,
  openText,
  type RecordCodec,
  type SealKeySource,
  sealedCodec,
  sealText,
} from '../sealed/record-seal.js'

/** A {@link strictCodec}. */
export interface StrictCodec extends RecordCodec {
  /** Returns whether the record was last read with another key than the one that encrypts. */
  isOutdated(recordKey: string): boolean
}

/**
 * Returns a codec that neither writes nor reads an unencrypted record, and for which a record that cannot be read is an error. A
 * missing one would be replaced by new keys, which Okta has not fetched.
 *
 * @param placeOf the place of a record, for messages: a path, the name of a key.
 */
export function strictCodec(keys: SealKeySource, placeOf: (recordKey: string) => string): StrictCodec {
  const codec = sealedCodec(keys)
  const outdated = new Set<string>()

  async function requireKey(): Promise<Buffer> {
    const key = await keys.obtain()
    if (key !== undefined) return key
    throw optionsInvalid(
      'No keyring is available to encrypt the managed keys.',
      'Set CONNECT_OKTA_STORE_KEY, or CONNECT_OKTA_STORE_KEY_FILE, to an encryption key: openssl rand -base64 32.',
    )
  }

  return {
    isOutdated: recordKey => outdated.has(recordKey),
    async prepare() {
      await requireKey()
    },
    async encode(recordKey, record) {
      const text = sealText(recordKey, JSON.stringify(record), await requireKey())
      outdated.delete(recordKey)
      return text
    },
    async decode(recordKey, text) {
      const record = await codec.decode(recordKey, text)
      if ('unreadable' in record) throw unreadable(placeOf(recordKey), record.unreadable)
      const known = await keys.find()
      const isSealed = openText(recordKey, text, known) !== undefined
      if (record.kind !== 'managed_keys' || !isSealed) {
        throw unreadable(placeOf(recordKey), isSealed ? 'it is a record of another kind' : 'it is not encrypted')
      }
      const [first] = known
      if (first === undefined || isSealedBy(text, first)) outdated.delete(recordKey)
      else outdated.add(recordKey)
      return record
    },
  }
}

function unreadable(place: string, reason: string): OktaConnectError {
  const isKeyGone = reason === keyGone
  const message = isKeyGone
    ? `The managed keys in ${place} cannot be read: ${reason}.`
    : `The record of the managed keys, ${place}, cannot be read: ${reason}.`
  return new OktaConnectError('store_failed', message, {
    hint:
      (isKeyGone
        ? 'Add that key to CONNECT_OKTA_STORE_KEY, after the new one, or restore the keyring. If it is lost, remove the record: '
        : 'Restore the record, or remove it: ') +
      'then new keys are created, and Okta rejects the client until it has fetched them.',
  })
}
