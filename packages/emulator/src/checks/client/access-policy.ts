import { OauthError } from '../../http/errors.js'
import { type Check, knownApp } from '../../http/exchange.js'

/** The access policy of a custom authorization server lets the app through (the words: okta-spring-boot#602). */
export const accessPolicy: Check = exchange => {
  const { clients } = exchange.server
  if (clients === undefined || clients.includes(knownApp(exchange).clientId)) return
  throw new OauthError(
    'access_denied',
    'Policy evaluation failed for this request, please check the policy configurations.',
  )
}
