import { OauthError } from '../../http/errors/errors.js'
import type { Check } from '../../http/exchange.js'

/** The `client_id` of an authorization request is a registered app. Errors are shown as a page: no redirect URI is known yet. */
export const registeredClient: Check = exchange => {
  const app = exchange.org.apps.get(exchange.form.get('client_id') ?? '')
  if (app === undefined || !app.active) {
    throw new OauthError('invalid_client', "Invalid value for 'client_id' parameter.", { status: 400 })
  }
  exchange.app = app
}
