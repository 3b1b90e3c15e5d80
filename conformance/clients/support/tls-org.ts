import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatorOptions, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { createPrivateCertificate, type PrivateCertificate } from '../../../scripts/testing/private-certificate.js'

/** An emulated org that serves HTTPS with a certificate of a private authority. */
export interface TlsOrg extends AsyncDisposable {
  readonly okta: OktaEmulator
  /** A temporary folder, which is removed with the org. */
  readonly folder: string
  readonly certificate: PrivateCertificate
  /** The variables with which Node, Python and .NET trust the private authority. */
  readonly trust: Readonly<Record<string, string>>
}

/** Starts a {@link TlsOrg}. Requires openssl. */
export async function startTlsOrg(options: EmulatorOptions = {}): Promise<TlsOrg> {
  const folder = await mkdtemp(join(tmpdir(), 'tls-org-'))
  const certificate = createPrivateCertificate({ folder })
  const { cert, key, authorityPath } = certificate
  const okta = await startOktaEmulator({ tls: { cert, key }, ...options })
  return {
    okta,
    folder,
    certificate,
    trust: { NODE_EXTRA_CA_CERTS: authorityPath, SSL_CERT_FILE: authorityPath, REQUESTS_CA_BUNDLE: authorityPath },
    async [Symbol.asyncDispose]() {
      await okta.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
