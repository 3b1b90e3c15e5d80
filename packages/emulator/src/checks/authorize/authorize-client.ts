import { OauthError } from '../../http/errors.js'
import type { Check } from '../../http/exchange.js'

/** An authorization request names a registered app. There is nowhere to redirect to yet, so a refusal is a page. */
export const authorizeClient: Check = exchange => {
  const app = exchange.org.apps.get(exchange.form.get('client_id') ?? '')
  if (app === undefined || !app.active) {
    throw new OauthError('invalid_client', "Invalid value for 'client_id' parameter.", { status: 400 })
  }
  exchange.app = app
}
