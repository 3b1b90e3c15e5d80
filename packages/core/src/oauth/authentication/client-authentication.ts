import * as oauth from 'oauth4webapi'
import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { assertNever, OktaConnectError } from '../../errors.js'
import type { ClientKey } from '../../keys/client-key.js'
import { signClientAssertion } from './client-assertion.js'
import type { KeyChoice } from './key-choice.js'

const assertionTypes = 'urn:ietf:params:oauth:client-assertion-type:'

/**
 * Returns how the client authenticates a request with a form (RFC 6749 §2.3, RFC 7523 §2.2).
 *
 * @param endpoint the URL of the request.
 * @param keys which of the managed keys to use, if the client has them.
 * @throws {@link OktaConnectError} `key_required` if the key or secret of the client is needed and was not given. Later, for an
 * identity token: what {@link identityTokenFor} throws
 */
export function clientAuthentication(
  attempt: Attempt,
  endpoint: URL,
  keys: KeyChoice | undefined,
  deps: Deps,
): oauth.ClientAuth {
  const { authentication, clock, signal } = attempt
  const byKey =
    (keyFor: () => Promise<ClientKey>): oauth.ClientAuth =>
    async (_server, client, body) => {
      const key = await keyFor()
      const context = { now: clock.now(deps.now()), signal, notify: deps.notify }
      const assertion = await signClientAssertion(key, client.client_id, endpoint.href, context)
      setAssertion(body, client, 'jwt-bearer', assertion)
    }
  switch (authentication.method) {
    case 'none':
      return oauth.None()
    case 'unavailable':
      throw new OktaConnectError(
        'key_required',
        'The private key or client secret is missing. Connect-Okta does not store it.',
        {
          hint: 'Specify it again, or use a profile that contains its location.',
          remedy: { id: 'give_credential' },
        },
      )
    case 'client_secret_post':
      return oauth.ClientSecretPost(authentication.secret)
    case 'private_key_jwt':
      return byKey(async () => authentication.key)
    case 'managed_keys':
      return byKey(() => keys?.current() ?? Promise.reject(new TypeError('no key was chosen')))
    case 'identity_token':
      return async (_server, client, body) => {
        const { identityTokenFor, isSvid } = await import('../identity/identity-token.js')
        const token = await identityTokenFor(attempt, authentication.source, deps)
        setAssertion(body, client, isSvid(token) ? 'jwt-spiffe' : 'jwt-bearer', token)
      }
    default:
      return assertNever(authentication)
  }
}

function setAssertion(
  body: URLSearchParams,
  { client_id }: oauth.Client,
  type: 'jwt-bearer' | 'jwt-spiffe',
  assertion: string,
): void {
  body.set('client_id', client_id)
  body.set('client_assertion_type', `${assertionTypes}${type}`)
  body.set('client_assertion', assertion)
}
