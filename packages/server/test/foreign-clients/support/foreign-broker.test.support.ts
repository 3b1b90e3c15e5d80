import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { stringify } from 'yaml'
import { startIdentityIssuer } from '../../../../../scripts/testing/identity-issuer.test.support.js'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import { digestOf } from '../../../src/clients/client.js'
import { connectionOf, digestFor, filesOf } from '../../support/broker.test.support.js'
import { startProcess } from '../../support/process.test.support.js'
import { createPrivateCertificate } from './private-certificate.test.support.js'

/** The secret of the client `chosen`. Libraries differ in how they encode it in a Basic header (RFC 6749 §2.3.1). */
export const chosenSecret = 'a+b/c== 100%25 & "d":e~*'

/** The number of users of the Okta org. */
export const userCount = 5

const jobClaims = { repository_id: '1234', repository_owner_id: '99', ref: 'refs/heads/main' }

/** A broker and an Okta org that serve HTTPS, as in production, with certificates of a private authority. */
export interface ForeignBroker extends AsyncDisposable {
  /** The issuer. */
  readonly url: string
  readonly okta: OktaEmulator
  /** A folder for the files of the clients. */
  readonly folder: string
  /** The path of the private key of the client `signer`, in PEM. The key ID is `signer-1`. */
  readonly keyPath: string
  /** Returns a token of a GitHub Actions job that the client `deploy` trusts. */
  identityToken(): string
  /** The variables with which programs in each language trust the private authority. */
  readonly trust: Readonly<Record<string, string>>
}

/** Starts a {@link ForeignBroker} with the clients `payroll` and `chosen` with secrets, `signer` with a key, and `deploy` with an identity. */
export async function startForeignBroker(): Promise<ForeignBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'foreign-'))
  const pathOf = (name: string) => join(folder, name)
  const { cert, key, authorityPath } = await createPrivateCertificate(folder)
  const scopes = ['okta.users.read', 'okta.groups.read']
  const okta = await startOktaEmulator({
    tls: { cert, key },
    clients: [{ kind: 'service', scopes }],
    people: userCount,
    users: [],
  })
  for (const [name, text] of Object.entries(filesOf(okta))) await writeFile(pathOf(name), text, { mode: 0o600 })
  const issuer = await startIdentityIssuer({ tls: { cert, key } })
  const { privateKey, publicJwk } = rsaKey()
  await writeFile(pathOf('signer.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })

  const port = await freePort()
  const url = `https://localhost:${port}`
  const config = {
    listen: `localhost:${port}`,
    issuer: url,
    store: 'memory',
    tls: { certificate: 'cert.pem', key: 'key.pem' },
    connections: { users: connectionOf(okta, okta.client('service'), { scopes }) },
    clients: {
      payroll: { secretSha256: digestFor('payroll'), connections: ['users'] },
      chosen: { secretSha256: digestOf(chosenSecret).toString('hex'), connections: ['users'] },
      deploy: { identity: { issuer: issuer.issuer, claims: jobClaims }, connections: ['users'] },
      signer: { jwks: { keys: [{ ...publicJwk, kid: 'signer-1', alg: 'RS256' }] }, connections: ['users'] },
    },
  }
  await writeFile(pathOf('broker.yaml'), stringify(config))
  const broker = startProcess(['--config', pathOf('broker.yaml')], { NODE_EXTRA_CA_CERTS: authorityPath })
  await broker.printed('Serving')
  return {
    url,
    okta,
    folder,
    keyPath: pathOf('signer.pem'),
    identityToken: () => issuer.sign({ sub: 'repo:octo-org/octo-repo:ref:refs/heads/main', aud: url, ...jobClaims }),
    trust: {
      // curl, Go and .NET, Python's requests, Node
      CURL_CA_BUNDLE: authorityPath,
      SSL_CERT_FILE: authorityPath,
      REQUESTS_CA_BUNDLE: authorityPath,
      NODE_EXTRA_CA_CERTS: authorityPath,
    },
    async [Symbol.asyncDispose]() {
      broker.child.kill('SIGKILL')
      await broker.ended
      await issuer.close()
      await okta.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
