import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate, its key, and the private certificate authority that signed it: in PEM, and the paths of the files. */
export interface PrivateCertificate {
  readonly cert: string
  readonly key: string
  readonly authority: string
  readonly certPath: string
  readonly keyPath: string
  readonly authorityPath: string
}

/** Options of {@link createPrivateCertificate}. */
export interface CertificateOptions {
  /** The value of subjectAltName. Default: this machine. */
  readonly names?: string
  /** How long it is valid. A negative number creates an expired certificate. Default: 1. */
  readonly days?: number
  /** Where to write `cert.pem`, `key.pem` and `ca.pem`. Default: a temporary folder. */
  readonly folder?: string
}

/** Creates a {@link PrivateCertificate} with openssl. */
export function createPrivateCertificate({
  names = 'DNS:localhost,IP:127.0.0.1',
  days = 1,
  folder = mkdtempSync(join(tmpdir(), 'certificate-')),
}: CertificateOptions = {}): PrivateCertificate {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '1', '-subj', '/CN=A private authority']
  openssl('req', '-x509', ...newKey, ...authority)
  openssl('req', ...newKey, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost')
  writeFileSync(join(folder, 'names'), `subjectAltName=${names}`)
  const sign = ['x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
  openssl(...sign, '-days', String(days), '-extfile', 'names', '-out', 'cert.pem')
  const [certPath, keyPath, authorityPath] = ['cert.pem', 'key.pem', 'ca.pem'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const read = (path: string) => readFileSync(path, 'utf8')
  return {
    ...{ cert: read(certPath), key: read(keyPath), authority: read(authorityPath) },
    ...{ certPath, keyPath, authorityPath },
  }
}
