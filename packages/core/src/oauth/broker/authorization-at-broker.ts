import type { Connection } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { signClientAssertion } from '../authentication/client-assertion.js'
import { identityTokenFor } from '../identity/identity-token.js'

/**
 * Returns the headers that authenticate a client to a broker in a request without a form.
 *
 * @throws {@link OktaConnectError} `key_required`, and what {@link identityTokenFor} throws
 * @see RFC 6749 §2.3.1
 */
export async function authorizationAtBroker(
  connection: Connection & { readonly signal: AbortSignal | undefined },
  deps: Deps,
): Promise<Record<string, string>> {
  const { authentication, broker, login, clock, signal } = connection
  switch (authentication.method) {
    case 'client_secret_post': {
      const credentials = [login.clientId, authentication.secret].map(encodeURIComponent).join(':')
      return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
    }
    case 'private_key_jwt': {
      const audience = broker?.url.origin ?? ''
      const context = { now: clock.now(deps.now()), signal, notify: deps.notify }
      const assertion = await signClientAssertion(authentication.key, login.clientId, audience, context)
      return { authorization: `Bearer ${assertion}` }
    }
    case 'identity_token': {
      const token = await identityTokenFor(connection, authentication.source, deps)
      return { authorization: `Bearer ${token}`, 'connect-okta-client': login.clientId }
    }
    default:
      throw new OktaConnectError('key_required', 'The key or secret of the client is missing: it is never stored.', {
        hint: 'Specify it again, or use a profile that contains its location.',
        remedy: { id: 'give_credential' },
      })
  }
}
