import { createHash } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator } from '@connect-okta/emulator'
import { serve } from '@connect-okta/server'
import { type IdentityIssuer, startIdentityIssuer } from '../../../../scripts/testing/identity-issuer.test.support.js'

/** A broker in this process, and the issuer that it trusts. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string
  readonly issuer: IdentityIssuer
  /** The secret of the client `payroll`. */
  readonly secret: string
  /** Signs an identity token for the client `deploy`. */
  identityToken(claims?: object): string
  /** The log. */
  log(): string
}

/**
 * Starts a broker with a connection for each app of the org, by its kind: `users` for `service`, `bound` for one that requires
 * DPoP. Its clients are `deploy`, with an identity token, and `payroll`, with a secret.
 *
 * @param more settings that are added to the configuration.
 */
export async function startBroker(okta: OktaEmulator, more: object = {}): Promise<TestBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'cli-broker-'))
  const issuer = await startIdentityIssuer()
  const port = await freePort()
  const url = `http://localhost:${port}`
  const secret = createHash('sha256').update(`payroll of process ${process.pid}`).digest('base64url')
  const apps = okta.clients.filter(({ kind }) => kind === 'service')
  const connections = apps.map(({ clientId, dpop }) => [
    dpop ? 'bound' : 'users',
    { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], key: { file: `${clientId}.json` } },
  ])
  for (const { clientId, jwk } of apps)
    await writeFile(join(folder, `${clientId}.json`), JSON.stringify(jwk), { mode: 0o600 })
  const all = connections.map(([name]) => name)
  const identity = { issuer: issuer.issuer, claims: { repository_id: '1234' } }
  const config = {
    listen: `localhost:${port}`,
    store: 'memory',
    connections: Object.fromEntries(connections),
    clients: {
      deploy: { identity, connections: ['users'] },
      payroll: { secretSha256: createHash('sha256').update(secret).digest('hex'), connections: all },
    },
    ...more,
  }
  const path = join(folder, 'broker.yaml')
  await writeFile(path, JSON.stringify(config))
  let text = ''
  const shutdown = new AbortController()
  const isShutDown = new Promise<AbortSignal>(resolve => {
    shutdown.signal.addEventListener('abort', () => resolve(shutdown.signal))
  })
  let onPrint = () => {}
  const isPrinted = new Promise<void>(resolve => {
    onPrint = resolve
  })
  const running = serve(
    { config: path },
    {
      output: {
        write(line) {
          text += line
        },
        isFailing: false,
        async flush() {},
      },
      print: () => onPrint(),
      shutdown: isShutDown,
      onReload() {},
      now: Date.now,
      monotonicNow: () => performance.now(),
    },
  )
  await Promise.race([isPrinted, running])
  return {
    url,
    issuer,
    secret,
    identityToken: (claims = {}) => issuer.sign({ aud: url, sub: 'job', repository_id: '1234', ...claims }),
    log: () => text,
    async [Symbol.asyncDispose]() {
      shutdown.abort()
      await running
      await issuer.close()
    },
  }
}
