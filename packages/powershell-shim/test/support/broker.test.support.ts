import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatorClient, freePort, type OktaEmulator } from '@connect-okta/emulator'
import { serve } from '@connect-okta/server'
import { type IdentityIssuer, startIdentityIssuer } from '../../../../scripts/testing/identity-issuer.test.support.js'

/** The secret of the clients `deploy` and `payroll`: different in each run. */
export const brokerSecret = createHash('sha256').update(`payroll ${process.pid}`).digest('base64url')

/** A broker with an issuer of identity tokens, both on this machine. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string
  readonly issuer: IdentityIssuer
  /** Signs an identity token of the client `deploy`. */
  identityToken(claims?: Readonly<Record<string, unknown>>): string
}

/**
 * Starts a broker with the connection `users`, and `bound` if the org has an app that requires DPoP. Clients: `deploy` by identity
 * token or secret and `payroll` by secret, both for `users`, `sender` by identity token, for `bound`, and `signer` by key, for both.
 */
export async function startBroker(okta: OktaEmulator, jwks?: object, port?: number): Promise<TestBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'broker-'))
  const issuer = await startIdentityIssuer()
  const brokerPort = port ?? (await freePort())
  const identity = { issuer: issuer.issuer, claims: { project_id: '7' } }
  const connection = async ({ clientId, jwk }: EmulatorClient) => {
    await writeFile(join(folder, `${clientId}.json`), JSON.stringify(jwk), { mode: 0o600 })
    return { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], key: { file: `${clientId}.json` } }
  }
  const secretSha256 = createHash('sha256').update(brokerSecret).digest('hex')
  const bound = okta.clients.find(({ dpop }) => dpop)
  const config = {
    listen: `localhost:${brokerPort}`,
    store: 'memory',
    connections: {
      users: await connection(okta.client('service', { dpop: false })),
      ...(bound && { bound: await connection(bound) }),
    },
    clients: {
      deploy: { identity, secretSha256, connections: ['users'] },
      payroll: { secretSha256, connections: ['users'] },
      ...(bound && { sender: { identity, connections: ['bound'] } }),
      ...(jwks && { signer: { jwks, connections: ['users', ...(bound ? ['bound'] : [])] } }),
    },
  }
  const path = join(folder, 'broker.yaml')
  await writeFile(path, JSON.stringify(config))
  const stop = await serveUntilStopped(path)
  const url = `http://localhost:${brokerPort}`
  return {
    url,
    issuer,
    identityToken: claims => issuer.sign({ aud: url, sub: 'project 7', project_id: '7', ...claims }),
    async [Symbol.asyncDispose]() {
      await stop()
      await issuer.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Starts a broker. Returns a function that stops it. */
async function serveUntilStopped(config: string): Promise<() => Promise<void>> {
  let stop: (signal: AbortSignal) => void = () => {}
  let running: Promise<void> | undefined
  const shutdown = new Promise<AbortSignal>(resolve => {
    stop = resolve
  })
  const started = new Promise<void>((resolve, reject) => {
    const output = { write: () => {}, isFailing: false, flush: async () => {} }
    const clock = { now: Date.now, monotonicNow: () => performance.now() }
    running = serve({ config }, { output, print: () => resolve(), shutdown, onReload: () => {}, ...clock })
    running.catch(reject)
  })
  await started
  return async () => {
    stop(AbortSignal.abort())
    await running
  }
}
