import type { KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { configInvalid } from '../config-file.js'
import { fileUnreadable, resolvePath } from '../files.js'
import type { LoadedConfig } from '../load-config.js'
import { type PemFile, readPemFile } from './pem-file.js'

/** A certificate and its key, in PEM. */
export interface TlsPem {
  readonly cert: string
  readonly key: string
  /** When the certificate expires. */
  readonly expiresAt: Date
}

/**
 * Reads the TLS certificate and its key, and checks that a server can use them.
 *
 * @returns `undefined` without TLS.
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function readTls({ file: { tls }, directory }: LoadedConfig): Promise<TlsPem | undefined> {
  if (tls === undefined) return undefined
  const certificates = await read(tls.certificate, directory, 'tls.certificate')
  const keys = await read(tls.key, directory, 'tls.key')
  if (certificates.certificates.length === 0 && keys.keys.length === 0 && keys.certificates.length > 0) {
    throw configInvalid('tls.certificate and tls.key are swapped. Swap the paths.')
  }
  const { chain, leaf, key } = matching(certificates, keys)
  const cert = chain.map(String).join('')
  const pem = { cert, key: String(key.export({ type: 'pkcs8', format: 'pem' })) }
  try {
    createSecureContext(pem)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw configInvalid(`tls: the certificate and its key cannot be used (${code}).`, cause)
  }
  return { ...pem, expiresAt: new Date(leaf.validTo) }
}

async function read(given: string, directory: string, setting: string): Promise<PemFile> {
  const file = readPemFile(
    await readFile(resolvePath(given, directory)).catch(error => {
      throw fileUnreadable(setting, error)
    }),
  )
  if (file.problem !== undefined) throw configInvalid(`${setting}: ${file.problem}.`)
  return file
}

// RFC 8446 §4.4.2: the certificate of the server is the first. In a bundle, it may be elsewhere.
function matching({ certificates }: PemFile, { keys: [key, another] }: PemFile) {
  if (key === undefined) throw configInvalid('tls.key: the file has no private key.')
  if (another !== undefined) throw configInvalid('tls.key: the file contains more than one private key. Keep one.')
  if (certificates.length === 0) throw configInvalid('tls.certificate: the file has no certificate.')
  const leaf = certificates.find(one => one.checkPrivateKey(key))
  if (leaf === undefined) {
    throw configInvalid(
      'tls: the key does not belong to the certificate. Use the two files that were created together.',
    )
  }
  return { chain: [leaf, ...certificates.filter(one => one !== leaf)], leaf, key } satisfies {
    chain: readonly X509Certificate[]
    leaf: X509Certificate
    key: KeyObject
  }
}
