import type { ClientConfig } from '../../config/options.js'
import type { Org } from '../org.js'
import { type AppRegistration, registerApp } from './app.js'
import { activeKeys } from './saved-keys.js'

/** The settings of an app that can change while the emulator runs. */
export type ClientChanges = Partial<Omit<ClientConfig, 'kind' | 'clientId'>>

/**
 * Changes the settings of an app. Its credentials stay the same unless `changes` contains new ones. A `jwksUri` replaces
 * the saved keys, and the reverse (guides/key-management).
 *
 * @throws {Error} when the org has no such app, or the resulting configuration is invalid
 */
export async function updateApp(org: Org, clientId: string, changes: ClientChanges): Promise<AppRegistration> {
  const app = org.apps.get(clientId)
  if (app === undefined) throw new Error(`The emulated org has no app ${clientId}.`)
  const keepsKeys = changes.jwks === undefined && changes.jwksUri === undefined
  const keepsCredentials = keepsKeys && changes.clientSecret === undefined && changes.authentication === undefined
  const { jwks, jwksUri, ...settings } = org.configs.get(clientId) ?? { kind: app.kind }
  const config: ClientConfig = {
    ...settings,
    ...(keepsKeys && { jwks, jwksUri }),
    // Users who were assigned by the API stay assigned.
    ...(app.assignedUsers && { assignedUsers: app.assignedUsers }),
    ...changes,
    kind: app.kind,
    clientId,
  }
  const credentials = keepsCredentials && app.authentication !== 'none' ? credentialsOf(app) : {}
  const registered = await registerApp(
    { ...config, ...credentials },
    { users: usersOf(org), clock: org.clock, random: org.random },
    app,
  )
  const updated = {
    ...registered,
    ...(keepsKeys && app.savedKeys.length > 0 && { savedKeys: app.savedKeys }),
    ...(keepsCredentials && app.jwk && { jwk: app.jwk }),
  }
  // An app without the option stays open to all users.
  const { assignedUsers: _current, ...withoutUsers } = config
  const isOpen = settings.assignedUsers === undefined && changes.assignedUsers === undefined
  org.configs.set(clientId, isOpen ? withoutUsers : config)
  org.apps.set(clientId, updated)
  return updated
}

function usersOf({ directory }: Org): readonly { readonly login: string; readonly assigned: boolean }[] {
  return directory.all.filter(user => !user.isDeleted).map(({ profile }) => ({ login: profile.login, assigned: false }))
}

function credentialsOf(app: AppRegistration): Partial<ClientConfig> {
  if (app.jwksUri !== undefined) return { authentication: 'private_key_jwt', jwksUri: app.jwksUri }
  return app.authentication === 'private_key_jwt'
    ? { authentication: 'private_key_jwt', jwks: { keys: activeKeys(app.savedKeys).map(({ jwk }) => jwk) } }
    : { authentication: 'client_secret', clientSecret: app.clientSecret }
}
