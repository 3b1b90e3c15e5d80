import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { stringify } from 'yaml'
import { startIdentityIssuer } from '../../../../../scripts/testing/identity-issuer.test.support.js'
import { createPrivateCertificate } from '../../../../../scripts/testing/private-certificate.js'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import { digestOf } from '../../../src/clients/client.js'
import { connectionOf, filesOf, secretOf } from '../../support/broker.test.support.js'
import { startProcess } from '../../support/process.test.support.js'

type Variables = Readonly<Record<string, string>>

/** A broker and an Okta org that serve HTTPS, as in production, with certificates of a private authority. */
export interface ForeignBroker extends AsyncDisposable {
  readonly url: string
  readonly okta: OktaEmulator
  /** The variables with the name and the credentials of a client that authenticates by a method. */
  credentialsFor(method: string, isRight?: boolean): Variables
  /** The variables with which programs in each language trust the private authority. */
  readonly trust: Variables
}

/** The number of users of the Okta org. */
export const userCount = 5

// Libraries differ in how they encode such characters in a Basic header (RFC 6749 §2.3.1).
const secret = `${secretOf('payroll')}+b/c== 100%25 & "d":e~*`
const jobClaims = { repository_id: '1234', repository_owner_id: '99', ref: 'refs/heads/main' }

/** Starts a {@link ForeignBroker} with the clients `payroll` with a secret, `signer` with a key, and `deploy` with an identity. */
export async function startForeignBroker(): Promise<ForeignBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'foreign-'))
  const write = async (name: string, text: string | Buffer) => {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const { cert, key, authorityPath } = createPrivateCertificate({ folder })
  const tls = { cert, key }
  const issuer = await startIdentityIssuer({ tls })
  const scopes = ['okta.users.read', 'okta.groups.read']
  const okta = await startOktaEmulator({ tls, clients: [{ kind: 'service', scopes }], users: [], people: userCount })
  for (const [name, text] of Object.entries(filesOf(okta))) await write(name, text)
  const pem = (number: number) => rsaKey(number).privateKey.export({ format: 'pem', type: 'pkcs8' })
  const [keyPath, otherKeyPath] = [await write('signer.pem', pem(0)), await write('other.pem', pem(1))]

  const port = await freePort()
  const url = `https://localhost:${port}`
  const connections = ['users']
  const config = {
    listen: `localhost:${port}`,
    issuer: url,
    store: 'memory',
    tls: { certificate: 'cert.pem', key: 'key.pem' },
    connections: { users: connectionOf(okta, okta.client('service'), { scopes }) },
    clients: {
      payroll: { secretSha256: digestOf(secret).toString('hex'), connections },
      signer: { jwks: { ...rsaKey().publicJwk, kid: 'signer-1', alg: 'RS256' }, connections },
      deploy: { identity: { issuer: issuer.issuer, claims: jobClaims }, connections },
    },
  }
  const broker = startProcess(['--config', await write('broker.yaml', stringify(config))], {
    NODE_EXTRA_CA_CERTS: authorityPath,
  })
  await broker.printed('Serving')

  function identityToken(isRight: boolean): string {
    const repository = isRight ? {} : { repository_id: '5678' }
    return issuer.sign({ sub: 'repo:octo-org/octo-repo', aud: url, ...jobClaims, ...repository })
  }
  return {
    url,
    okta,
    credentialsFor(method, isRight = true) {
      switch (method) {
        case 'private_key_jwt':
          return { CLIENT_ID: 'signer', KEY_FILE: isRight ? keyPath : otherKeyPath }
        case 'identity':
          return { CLIENT_ID: 'deploy', IDENTITY_TOKEN: identityToken(isRight) }
        default:
          return { CLIENT_ID: 'payroll', CLIENT_SECRET: isRight ? secret : 'wrong' }
      }
    },
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
