import { readJson } from '../../../http/body/read-json.js'
import { appAsEntity, logEvent } from '../../../http/events.js'
import type { Exchange } from '../../../http/exchange.js'
import type { AppRegistration } from '../../../org/apps/app.js'
import { activeKeys, type KeyStatus, type SavedKey, savedKey } from '../../../org/apps/saved-keys.js'
import { requestedApp, requestedKey } from '../requested-app.js'
import { keyJson } from './key-json.js'
import { keyError, readNewKey } from './new-key.js'

/** `GET /api/v1/apps/{appId}/credentials/jwks`. */
export function listAppKeys(exchange: Exchange): void {
  const { org, ctx } = exchange
  const app = requestedApp(exchange)
  ctx.body = { keys: app.savedKeys.map(key => keyJson(org.url, app, key)) }
}

/** `POST /api/v1/apps/{appId}/credentials/jwks`. */
export function addAppKey(exchange: Exchange): void {
  const { org, ctx } = exchange
  const app = requestedApp(exchange)
  const { jwk, status } = readNewKey(readJson(exchange), app)
  const key = savedKey(jwk, org, status)
  saveKeys(exchange, app, [...app.savedKeys, key], 'create')
  ctx.status = 201
  ctx.body = keyJson(org.url, app, key)
}

/** `GET /api/v1/apps/{appId}/credentials/jwks/{keyId}`. */
export function oneAppKey(exchange: Exchange): void {
  const { app, key } = requestedKey(exchange)
  exchange.ctx.body = keyJson(exchange.org.url, app, key)
}

/** `DELETE /api/v1/apps/{appId}/credentials/jwks/{keyId}`. */
export function deleteAppKey(exchange: Exchange): void {
  const { app, key } = requestedKey(exchange)
  if (key.status === 'ACTIVE') {
    throw keyError("You can't delete an active JSON Web key. Deactivate the key before deleting it.")
  }
  const others = app.savedKeys.filter(({ id }) => id !== key.id)
  saveKeys(exchange, app, others, 'delete')
  exchange.ctx.status = 204
}

/** `POST /api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/activate`. */
export function activateAppKey(exchange: Exchange): void {
  setStatus(exchange, requestedKey(exchange), 'ACTIVE')
}

/** `POST /api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/deactivate`. */
export function deactivateAppKey(exchange: Exchange): void {
  const { app, key } = requestedKey(exchange)
  const isOnlyActive = activeKeys(app.savedKeys).every(({ id }) => id === key.id)
  if (app.authentication === 'private_key_jwt' && isOnlyActive) {
    throw keyError(
      "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is `private_key_jwt`.",
    )
  }
  setStatus(exchange, { app, key }, 'INACTIVE')
}

function setStatus(exchange: Exchange, { app, key }: ReturnType<typeof requestedKey>, status: KeyStatus): void {
  const { org, ctx } = exchange
  // A key that has the status already is not changed. This is inferred.
  const changed = key.status === status ? key : { ...key, status, lastUpdated: new Date(org.clock.now()) }
  const keys = app.savedKeys.map(saved => (saved.id === key.id ? changed : saved))
  saveKeys(exchange, app, keys, status === 'ACTIVE' ? 'activate' : 'deactivate')
  ctx.body = keyJson(org.url, app, changed)
}

function saveKeys(
  exchange: Exchange,
  app: AppRegistration,
  savedKeys: readonly SavedKey[],
  action: 'create' | 'activate' | 'deactivate' | 'delete',
): void {
  exchange.org.apps.set(app.clientId, { ...app, savedKeys })
  logEvent(exchange, `app.oauth2.credentials.lifecycle.${action}`, { targets: [appAsEntity(app)] })
}
