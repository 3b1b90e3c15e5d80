import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateClientKey } from '@connect-okta/core/keys'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { brokerSecret, startBroker, type TestBroker } from './broker.test.support.js'
import { Shell } from './shell.test.support.js'

/** A shell, a broker, and the org that it connects to. */
export interface BrokerShell extends AsyncDisposable {
  readonly okta: OktaEmulator
  readonly broker: TestBroker
  readonly shell: Shell
  /** The key of the client `signer`. */
  readonly key: Awaited<ReturnType<typeof generateClientKey>>
  /** The file with the identity token of the clients `deploy` and `sender`. */
  readonly tokenFile: string
  /** The values for {@link Shell.run}. */
  readonly given: object
  /** Disconnects, and writes a valid identity token. */
  reset(): Promise<void>
}

/** Connects as the client `deploy`. */
export const connectToBroker = 'Connect-Okta -Broker $given.broker -ClientId deploy -IdentityTokenFile $given.file'
/** Returns the status of one user. */
export const readUsers = 'Invoke-OktaApi /api/v1/users?limit=1 | ForEach-Object { $_.status }'
/** The secret of the clients `deploy` and `payroll` as a SecureString. */
export const secureSecret = "([Net.NetworkCredential]::new('', $given.secret).SecurePassword)"

export async function startBrokerShell(): Promise<BrokerShell> {
  const key = await generateClientKey({ type: 'P-256' })
  const scopes = ['okta.users.read']
  const okta = await startOktaEmulator({
    clients: [
      { kind: 'service', scopes },
      { kind: 'service', scopes, dpop: true },
    ],
  })
  const broker = await startBroker(okta, { keys: [key.publicJwk] })
  const shell = await Shell.start()
  const tokenFile = join(shell.home, 'identity.jwt')
  return {
    okta,
    broker,
    shell,
    key,
    tokenFile,
    given: {
      broker: broker.url,
      file: tokenFile,
      secret: brokerSecret,
      jwk: JSON.stringify(key.privateJwk),
      tenant: okta.orgUrl.host,
      origin: okta.orgUrl.origin,
    },
    async reset() {
      await shell.run('Disconnect-Okta; Remove-Item env:CONNECT_OKTA_* -ErrorAction Ignore')
      await writeFile(tokenFile, broker.identityToken())
    },
    async [Symbol.asyncDispose]() {
      await shell[Symbol.asyncDispose]()
      await broker[Symbol.asyncDispose]()
      await okta.close()
    },
  }
}
