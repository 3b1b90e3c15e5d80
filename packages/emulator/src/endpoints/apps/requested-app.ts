import { resourceNotFound } from '../../http/errors/errors.js'
import { type Exchange, pathParameter } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/apps/app.js'
import type { SavedKey } from '../../org/apps/saved-keys.js'

/** Returns the app in the path, also when it is inactive. Its ID is the client ID. */
export function requestedApp(exchange: Exchange): AppRegistration {
  const appId = pathParameter(exchange, 'appId')
  const app = exchange.org.apps.get(appId)
  if (app === undefined) throw resourceNotFound(appId, 'AppInstance')
  return app
}

/** Returns the app and the key in the path. */
export function requestedKey(exchange: Exchange): { readonly app: AppRegistration; readonly key: SavedKey } {
  const app = requestedApp(exchange)
  const keyId = pathParameter(exchange, 'keyId')
  const key = app.savedKeys.find(({ id }) => id === keyId)
  // The name of the resource is inferred.
  if (key === undefined) throw resourceNotFound(keyId, 'JsonWebKey')
  return { app, key }
}
