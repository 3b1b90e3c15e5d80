import type { ClientConfig } from '../config/options.js'
import { type AppRegistration, registerApp } from './app.js'
import type { Org } from './org.js'

/** What of an app can change while the emulator runs: everything but what it is. */
export type ClientChanges = Partial<Omit<ClientConfig, 'kind' | 'clientId'>>

/**
 * Changes the rules of an app. Its keys and its secret stay, unless they are what changes.
 *
 * @throws {Error} when the org has no such app, or the app cannot be so
 */
export async function updateApp(org: Org, clientId: string, changes: ClientChanges): Promise<AppRegistration> {
  const app = org.apps.get(clientId)
  if (app === undefined) throw new Error(`the emulated org has no app ${clientId}`)
  const isSameProof =
    changes.jwks === undefined &&
    changes.jwksUri === undefined &&
    changes.clientSecret === undefined &&
    changes.authentication === undefined
  const config: ClientConfig = { ...org.configs.get(clientId), ...changes, kind: app.kind, clientId }
  const proof = isSameProof && app.authentication !== 'none' ? proofOf(app) : {}
  const registered = await registerApp({ ...config, ...proof }, org.users, org.random)
  const changed = { ...registered, ...(isSameProof && app.jwk && { jwk: app.jwk }) }
  org.configs.set(clientId, config)
  org.apps.set(clientId, changed)
  return changed
}

function proofOf(app: AppRegistration): Partial<ClientConfig> {
  if (app.jwksUri !== undefined) return { authentication: 'private_key_jwt', jwksUri: app.jwksUri }
  return app.authentication === 'private_key_jwt'
    ? { authentication: 'private_key_jwt', jwks: { keys: app.publicKeys } }
    : { authentication: 'client_secret', clientSecret: app.clientSecret }
}
