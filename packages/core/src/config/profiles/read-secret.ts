import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Environment, expandHome } from '../../environment.js'
import { decodeText } from '../../files/decode-text.js'
import { readLimited } from '../../files/read-limited.js'
import { unreadableSecret } from '../../files/unreadable-secret.js'
import { keyTextFrom } from '../../keys/reader/der.js'
import type { Notify } from '../../notice.js'
import { unquoted } from '../../unquoted.js'
import type { SecretReference } from './settings.js'

// A set of fifty RSA keys has a tenth of this size.
const maxSecretBytes = 1024 * 1024

/** The settings that are secrets. */
export const secretNames = ['key', 'keyPassphrase', 'clientSecret', 'apiToken'] as const
/** The name of a setting that is a secret. */
export type SecretName = (typeof secretNames)[number]

/** Returns whether a setting is a secret. */
export function isSecretName(name: string): boolean {
  return secretNames.some(secret => secret === name)
}

/**
 * Reads a secret from its location, without a trailing line break.
 *
 * @param name the setting and its origin, for messages.
 * @throws {@link OktaConnectError} `options_invalid`, `store_failed` if the keyring fails
 * @example
 * const options = { notify: console.error, environment: currentEnvironment() }
 * const secret = await readSecret('clientSecret', { file: '/run/secrets/redis' }, 'password of the store', options)
 */
export async function readSecret(
  kind: SecretName,
  reference: SecretReference,
  name: string,
  { notify, environment }: { readonly notify: Notify; readonly environment: Environment },
): Promise<string> {
  if ('text' in reference) return reference.text
  if ('keyring' in reference) return await (await import('../../keys/keyring.js')).readSecret(reference.keyring)
  const path = resolve(expandHome(secretPathIn(reference.file), environment))
  try {
    const bytes = await readLimited(path, maxSecretBytes)
    await notifyReadable(path, name, notify)
    return kind === 'key' ? keyTextFrom(bytes) : decodeText(bytes).replace(/(\r\n?|\n)$/, '')
  } catch (error) {
    throw unreadableSecret(name, reference.file, path, error)
  }
}

/**
 * Returns the path of the file with a secret, from a path, a `file:` URL, or a path after `@`, as other tools accept them.
 *
 * @example
 * secretPathIn('file:///keys/app.json') // '/keys/app.json'
 */
export function secretPathIn(text: string): string {
  const plain = unquoted(text)
  if (/^file:\/\//i.test(plain) && URL.canParse(plain))
    return fileURLToPath(new URL(plain.replace(/^file:\/\/(?!\/)/i, 'file:///')))
  return plain.replace(/^(file:|@)(?=[\w~./\\])/i, '')
}

async function notifyReadable(path: string, name: string, notify: Notify): Promise<void> {
  if (process.platform === 'win32') return
  const file = await stat(path)
  // The mode of a device or a pipe is not that of a secret.
  if (!file.isFile()) return
  const { mode, uid } = file
  // In Kubernetes, a mounted secret belongs to root and is readable by the group of the container.
  if ((mode & (uid === process.getuid?.() ? 0o066 : 0o006)) === 0) return
  notify({
    code: 'key_file_readable',
    message: `The ${name} is in ${path}, which other users can read or write. Restrict it: chmod 600 ${path}`,
  })
}
