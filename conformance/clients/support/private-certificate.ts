import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A certificate for this machine, and the private certificate authority that signed it. */
export interface PrivateCertificate {
  readonly cert: string
  readonly key: string
  /** The path of the certificate of the authority, in PEM. */
  readonly authorityPath: string
  readonly certPath: string
  readonly keyPath: string
}

/** Creates a {@link PrivateCertificate} for `localhost` and 127.0.0.1 with files in a folder. Requires openssl. */
export async function createPrivateCertificate(folder: string): Promise<PrivateCertificate> {
  const openssl = (...args: readonly string[]) => run('openssl', [...args], { cwd: folder })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '1', '-subj', '/CN=A private authority']
  await openssl('req', '-x509', ...newKey, ...authority)
  await openssl('req', ...newKey, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost')
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1')
  const sign = ['x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
  await openssl(...sign, '-days', '1', '-extfile', 'names', '-out', 'cert.pem')
  const [authorityPath, certPath, keyPath] = [join(folder, 'ca.pem'), join(folder, 'cert.pem'), join(folder, 'key.pem')]
  return {
    cert: await readFile(certPath, 'utf8'),
    key: await readFile(keyPath, 'utf8'),
    authorityPath,
    certPath,
    keyPath,
  }
}
