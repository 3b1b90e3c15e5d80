import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate for 127.0.0.1 and the private certificate authority that signed it. */
export interface PrivateCertificate {
  readonly cert: string
  readonly key: string
  /** The certificate of the authority as PEM, and the path of its file. */
  readonly authority: string
  readonly authorityPath: string
}

/** Creates a {@link PrivateCertificate}, by default for 127.0.0.1 and a day. A negative number of days creates an expired one. */
export function createPrivateCertificate({ name = 'IP:127.0.0.1', days = 1 } = {}): PrivateCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'))
  const pathOf = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=A private authority')
  openssl('req', ...newKey.slice(0, -2), '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=127.0.0.1')
  writeFileSync(pathOf('names'), `subjectAltName=${name}`)
  const sign = ['x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
  openssl(...sign, '-days', String(days), '-extfile', 'names', '-out', 'cert.pem')
  return {
    cert: readFileSync(pathOf('cert.pem'), 'utf8'),
    key: readFileSync(pathOf('key.pem'), 'utf8'),
    authority: readFileSync(pathOf('ca.pem'), 'utf8'),
    authorityPath: pathOf('ca.pem'),
  }
}
