import type { Deps } from '../deps.js'
import { OktaConnectError } from '../errors.js'
import type { Connection } from '../options.js'
import type { TokenAnswer } from '../token-endpoint.js'

/**
 * Runs the grant of a connection. Each is loaded when it runs, so that a token at hand costs no OAuth code.
 *
 * @throws {@link OktaConnectError} `login_required` for a grant that this version cannot run, and what the grant throws.
 */
export async function runGrant(connection: Connection, deps: Deps): Promise<TokenAnswer> {
  switch (connection.grant) {
    case 'client_credentials':
      return (await import('./client-credentials.js')).clientCredentials(connection, deps)
    default:
      throw new OktaConnectError('login_required', `A login by ${connection.grant} cannot be renewed here.`, {
        hint: 'Sign in again.',
      })
  }
}
