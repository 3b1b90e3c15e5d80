import { oauthError } from '../../http/errors/oauth-errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** The access policy of a custom authorization server allows the app. */
export const accessPolicy: Check = exchange => {
  const { id, clients } = exchange.server
  if (id === undefined) return
  const app = requireApp(exchange)
  if (app.accessPolicy && (clients === undefined || clients.includes(app.clientId))) return
  throw oauthError('no_matching_policy')
}
