import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { configInvalid } from './config-file.js'
import { fileUnreadable, type LoadedConfig, resolvePath } from './load-config.js'

/** A certificate and its key, in PEM. */
export interface TlsPem {
  readonly cert: Buffer
  readonly key: Buffer
}

/**
 * Reads the TLS certificate and its key, and checks that a server can use them.
 *
 * @returns `undefined` without TLS.
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function readTls({ file: { tls }, directory }: LoadedConfig): Promise<TlsPem | undefined> {
  if (tls === undefined) return undefined
  const [certificate, key] = [resolvePath(tls.certificate, directory), resolvePath(tls.key, directory)]
  const pem = { cert: await readPem(certificate, 'tls.certificate'), key: await readPem(key, 'tls.key') }
  try {
    createSecureContext(pem)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw configInvalid(`tls: the files must be a certificate and its key in PEM (${code}).`, cause)
  }
  return pem
}

async function readPem(path: string, setting: string): Promise<Buffer> {
  return await readFile(path).catch(error => {
    throw fileUnreadable(setting, error)
  })
}
