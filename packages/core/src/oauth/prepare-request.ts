import * as oauth from 'oauth4webapi'
import type { Attempt } from '../config/connection.js'
import { isLoopback } from '../config/tenant.js'
import type { Deps } from '../deps.js'
import { boundedFetch } from '../http/bounded-fetch.js'
import { type RetryPolicy, withRetries } from '../http/retry-policy.js'
import { userAgent } from '../http/user-agent.js'
import { clientAuthentication } from './authentication/client-authentication.js'
import { KeyChoice } from './authentication/key-choice.js'

/** What a request to an authorization server needs: the arguments of the OAuth library, and how to repeat it. */
export function prepareRequest(attempt: Attempt, endpoint: URL, deps: Deps) {
  const { endpoints, login, broker, signal } = attempt
  const keys = KeyChoice.for(attempt)
  return {
    keys,
    server: {
      issuer: endpoints.issuer,
      token_endpoint: endpoints.token.href,
      ...(endpoints.revoke && { revocation_endpoint: endpoints.revoke.href }),
      ...(endpoints.deviceAuthorization && { device_authorization_endpoint: endpoints.deviceAuthorization.href }),
    },
    client: { client_id: login.clientId },
    authenticate: clientAuthentication(attempt, endpoint, keys, deps),
    options: {
      [oauth.customFetch]: boundedFetch(deps.fetch, attempt),
      [oauth.allowInsecureRequests]: endpoint.protocol === 'http:' && isLoopback(endpoint),
      headers: { 'user-agent': userAgent },
    },
    send: (policy: RetryPolicy, request: () => Promise<Response>) =>
      withRetries(policy, request, { ...deps, signal, server: broker === undefined ? 'Okta' : 'The broker' }),
  }
}

/** Sends a request, and repeats it with another key if Okta has not fetched the one that signed it. */
export async function withKnownKey(keys: KeyChoice | undefined, request: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const response = await request()
    if ((await keys?.update(response)) !== 'retry') return response
  }
}
