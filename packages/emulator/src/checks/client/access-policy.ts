import { OauthError } from '../../http/errors.js'
import { type Check, requireApp } from '../../http/exchange.js'

/** The access policy of a custom authorization server allows the app (error message: okta-spring-boot#602). */
export const accessPolicy: Check = exchange => {
  const { clients } = exchange.server
  if (clients === undefined || clients.includes(requireApp(exchange).clientId)) return
  throw new OauthError(
    'access_denied',
    'Policy evaluation failed for this request, please check the policy configurations.',
  )
}
