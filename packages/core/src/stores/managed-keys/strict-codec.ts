import { OktaConnectError, optionsInvalid } from '../../errors.js'
import { openText, type RecordCodec, type SealKeySource, sealedCodec, sealText } from '../sealed/record-seal.js'

/**
 * Returns a codec that neither writes nor reads an unencrypted record, and for which a record that cannot be read is an error. A
 * missing one would be replaced by new keys, which Okta does not know.
 */
export function strictCodec(keys: SealKeySource): RecordCodec {
  const codec = sealedCodec(keys)

  async function requireKey(): Promise<Buffer> {
    const key = await keys.obtain()
    if (key !== undefined) return key
    throw optionsInvalid(
      'There is no keyring that could encrypt the managed keys.',
      'Set CONNECT_OKTA_STORE_KEY, or CONNECT_OKTA_STORE_KEY_FILE, to an encryption key: openssl rand -base64 32.',
    )
  }

  return {
    async prepare() {
      await requireKey()
    },
    async encode(recordKey, record) {
      return sealText(recordKey, JSON.stringify(record), await requireKey())
    },
    async decode(recordKey, text) {
      const record = await codec.decode(recordKey, text)
      if ('unreadable' in record) throw unreadable(recordKey, record.unreadable)
      const key = await keys.find()
      const isSealed = key !== undefined && openText(recordKey, text, key) !== undefined
      if (record.kind === 'managed_keys' && isSealed) return record
      throw unreadable(recordKey, isSealed ? 'the record has another kind' : 'they are not encrypted')
    },
  }
}

function unreadable(recordKey: string, reason: string): OktaConnectError {
  return new OktaConnectError('store_failed', `The stored managed keys (${recordKey}) cannot be used: ${reason}.`, {
    hint:
      'Use the encryption key with which they were stored (CONNECT_OKTA_STORE_KEY, or the keyring). If it is lost, remove the ' +
      'record: then new keys are created, and Okta rejects the client until it has fetched them.',
  })
}
