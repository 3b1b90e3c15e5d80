import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { startEmulatorProcess } from './emulator-process.js'

/** A private key with `kid` and `alg`. */
export type ClientJwk = JWK & { readonly kid: string; readonly alg: string }

/** The app for which each library gets a token. */
export interface ServiceApp {
  readonly tenant: string
  readonly clientId: string
  readonly scope: string
  /** The authorization server: the org's own, or a custom one below `/oauth2`. */
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly dpop: boolean
  readonly credential: { readonly jwk: ClientJwk } | { readonly secret: string }
}

/** An emulated org with three apps: with a key, with a key and DPoP, and with a secret. */
export interface EmulatedOrg {
  readonly withKey: ServiceApp
  readonly withDpop: ServiceApp
  readonly withSecret: ServiceApp
  close(): Promise<void>
}

/** Starts an {@link EmulatedOrg} in a separate process. Its keys are RSA, as those that Okta's admin console generates. */
export async function startEmulatedOrg(): Promise<EmulatedOrg> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256' } as ClientJwk
  const { kty, n, e, kid, alg } = jwk
  const service = { kind: 'service', jwks: { keys: [{ kty, n, e, kid, alg }] } }
  const secret = 'secret-of-the-benchmark'
  const [keyId, dpopId, secretId] = ['0oaServiceByKey00000', '0oaServiceWithDpop00', '0oaServiceBySecret00']
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const file = join(folder, 'org.json')
  const configuration = {
    authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
    clients: [
      { ...service, clientId: keyId },
      { ...service, clientId: dpopId, dpop: true },
      { kind: 'service', clientId: secretId, authentication: 'client_secret', clientSecret: secret },
    ],
  }
  await writeFile(file, JSON.stringify(configuration), { mode: 0o600 })
  const { orgUrl: tenant, close } = await startEmulatorProcess(['--config', file])
  await rm(folder, { recursive: true })

  const atOrg = { tenant, issuer: tenant, tokenEndpoint: `${tenant}/oauth2/v1/token`, scope: 'okta.users.read' }
  const issuer = `${tenant}/oauth2/default`
  const atCustom = { tenant, issuer, tokenEndpoint: `${issuer}/v1/token`, scope: 'orders.read' }
  return {
    withKey: { ...atOrg, clientId: keyId, dpop: false, credential: { jwk } },
    withDpop: { ...atOrg, clientId: dpopId, dpop: true, credential: { jwk } },
    withSecret: { ...atCustom, clientId: secretId, dpop: false, credential: { secret } },
    close,
  }
}
