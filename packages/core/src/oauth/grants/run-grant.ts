import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { assertNever, OktaConnectError } from '../../errors.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import type { TokenAnswer } from '../token-endpoint.js'

// Programs ask for tokens by it over and over, and to import a module again takes as long as the rest of what is done here.
let loaded: Promise<typeof import('./client-credentials.js')> | undefined
const loadClientCredentials = () => (loaded ??= import('./client-credentials.js'))

/**
 * Runs the grant of a connection. Each is loaded when it runs, so that a token at hand costs no OAuth code.
 *
 * @throws {@link OktaConnectError} `login_required` where nobody may be asked, and what the grant throws.
 */
export async function runGrant(connection: Attempt, dpop: DpopNegotiation, deps: Deps): Promise<TokenAnswer> {
  const { runnable } = connection
  switch (runnable.type) {
    case 'client_credentials':
      return (await loadClientCredentials()).clientCredentials(connection, dpop, deps)
    case 'authorization_code':
      return runnable.isManual
        ? (await import('./manual-authorization-code.js')).manualAuthorizationCode(connection, runnable, dpop, deps)
        : (await import('./authorization-code.js')).authorizationCode(connection, runnable, dpop, deps)
    case 'sign_in_answer':
      return (await import('./exchange-code.js')).exchangeCode(connection, runnable, dpop, deps)
    case 'device_code':
      return (await import('./device-code.js')).deviceCode(connection, runnable, dpop, deps)
    case 'none':
      throw loginHasEnded(connection)
    default:
      return assertNever(runnable)
  }
}

/** The error where a person would have to sign in, and may not be asked. */
export function loginHasEnded({ orgUrl }: Attempt): OktaConnectError {
  return new OktaConnectError('login_required', `The login at ${orgUrl.host} has run out.`, {
    hint: 'Sign in again.',
    remedy: { id: 'sign_in' },
  })
}
