import { decodeSegment } from '../../http/decode-segment.js'
import { resourceNotFound } from '../../http/errors.js'
import type { Exchange } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/apps/app.js'
import type { SavedKey } from '../../org/apps/saved-keys.js'

/** Returns the app in the path, also when it is inactive. Its ID is the client ID. */
export function requestedApp({ ctx, org }: Exchange): AppRegistration {
  const [, , , , appId = ''] = ctx.path.split('/')
  const app = org.apps.get(appId)
  if (app === undefined) throw resourceNotFound(decodeSegment(appId), 'AppInstance')
  return app
}

/** Returns the app and the key in the path. */
export function requestedKey(exchange: Exchange): { readonly app: AppRegistration; readonly key: SavedKey } {
  const app = requestedApp(exchange)
  const [, , , , , , , keyId = ''] = exchange.ctx.path.split('/')
  const key = app.savedKeys.find(({ id }) => id === keyId)
  // The name of the resource is inferred.
  if (key === undefined) throw resourceNotFound(decodeSegment(keyId), 'JsonWebKey')
  return { app, key }
}
