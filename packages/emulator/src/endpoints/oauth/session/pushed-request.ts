import { oauthError } from '../../../http/errors/oauth-errors.js'
import type { Check, Exchange } from '../../../http/exchange.js'
import { requireApp } from '../../../http/exchange.js'

/** How long a pushed request can be used. Okta does not document it; RFC 9126 §2.2 suggests 5 to 600 seconds. */
const LIFETIME_SECONDS = 60
const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type']

/** `POST /oauth2/v1/par` (RFC 9126 §2): stores an authorization request. Okta's API reference has the status 200. */
export function pushRequest(exchange: Exchange): void {
  const { ctx, org, form } = exchange
  const parameters = new URLSearchParams(form)
  for (const name of CREDENTIALS) parameters.delete(name)
  const requestUri = `urn:okta:${org.random.secret('request URI')}`
  org.pushedRequests.set(requestUri, {
    clientId: requireApp(exchange).clientId,
    parameters,
    base: exchange.server.base,
    expiresAt: org.clock.now() + LIFETIME_SECONDS * 1000,
  })
  ctx.body = { request_uri: requestUri, expires_in: LIFETIME_SECONDS }
}

/** A pushed request has no `request_uri`, and its `client_id` is that of the client that authenticated. */
export const pushable: Check = exchange => {
  const { form } = exchange
  if (form.has('request_uri')) throw oauthError('pushed_authorization_request_uri_present')
  form.set('client_id', requireApp(exchange).clientId)
}

/** Replaces a `request_uri` by the parameters that were pushed (RFC 9126 §4). It can be used once. */
export const pulledRequest: Check = ({ org, form, server }) => {
  const requestUri = form.get('request_uri')
  if (requestUri === null) return
  const pushed = org.pushedRequests.get(requestUri)
  if (pushed === undefined || pushed.expiresAt <= org.clock.now()) throw oauthError('invalid_request_uri')
  if (pushed.base !== server.base) throw oauthError('authorize_request_uri_mismatched_authorization_server')
  if (pushed.clientId !== form.get('client_id')) throw oauthError('authorize_request_uri_mismatched_client')
  org.pushedRequests.delete(requestUri)
  for (const name of [...form.keys()]) form.delete(name)
  for (const [name, value] of pushed.parameters) form.set(name, value)
}
