import { OauthError } from '../../http/errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** The access policy of a custom authorization server allows the app (error message: okta-spring-boot#602). */
export const accessPolicy: Check = exchange => {
  const { id, clients } = exchange.server
  if (id === undefined) return
  const app = requireApp(exchange)
  if (app.accessPolicy && (clients === undefined || clients.includes(app.clientId))) return
  throw new OauthError(
    'access_denied',
    'Policy evaluation failed for this request, please check the policy configurations.',
  )
}
