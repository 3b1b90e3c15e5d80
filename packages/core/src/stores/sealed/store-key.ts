import { closeSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { expandHome } from '../../environment.js'
import { optionsInvalid } from '../../errors.js'
import { decodeText } from '../../files/decode-text.js'
import { unreadableSecret } from '../../files/unreadable-secret.js'
import { isPlaceholder } from '../../placeholder.js'
import { unquoted } from '../../unquoted.js'
import { sealKeyBytes } from './record-seal.js'

type Variables = Readonly<Record<string, string | undefined>>

const hint = 'Create one: openssl rand -base64 32. Every process that shares the store needs the same key.'

/**
 * Returns the encryption keys in `CONNECT_OKTA_STORE_KEY`, or in the file that `CONNECT_OKTA_STORE_KEY_FILE` names. The first one
 * encrypts. The others, after a space, a comma or a line end, only decrypt, while a key is replaced.
 *
 * @param store what needs the key, for messages.
 * @throws {@link OktaConnectError} `options_invalid` if there is none, or if one is invalid
 */
export function requireStoreKeys(variables: Variables, store: string): readonly Buffer[] {
  const keys = findStoreKeys(variables)
  if (keys.length > 0) return keys
  const where = 'CONNECT_OKTA_STORE_KEY, or the file that CONNECT_OKTA_STORE_KEY_FILE names'
  throw optionsInvalid(`${store} needs an encryption key in ${where}.`, hint)
}

/** As {@link requireStoreKeys}, but an empty list if there is none. */
export function findStoreKeys({ CONNECT_OKTA_STORE_KEY, CONNECT_OKTA_STORE_KEY_FILE }: Variables): readonly Buffer[] {
  const text =
    CONNECT_OKTA_STORE_KEY ?? (CONNECT_OKTA_STORE_KEY_FILE && readKeyFile(unquoted(CONNECT_OKTA_STORE_KEY_FILE)))
  if (!text) return []
  if (isPlaceholder(unquoted(text))) {
    throw optionsInvalid('CONNECT_OKTA_STORE_KEY contains an unresolved placeholder.', hint)
  }
  return unquoted(text)
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(parseKey)
}

function parseKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64')
  if (key.byteLength === sealKeyBytes) return key
  throw optionsInvalid(`The key of the token store is not ${sealKeyBytes} bytes in Base64.`, hint)
}

// The start of a file is enough for a key, and a device has no end.
function readStart(path: string): string {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(1024)
    return decodeText(bytes.subarray(0, readSync(file, bytes)))
  } finally {
    closeSync(file)
  }
}

function readKeyFile(file: string): string {
  const path = resolve(expandHome(file))
  try {
    return readStart(path)
  } catch (error) {
    throw unreadableSecret('key of the token store (CONNECT_OKTA_STORE_KEY_FILE)', file, path, error)
  }
}
