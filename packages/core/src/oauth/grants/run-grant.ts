import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { assertNever, OktaConnectError } from '../../errors.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import type { TokenResponse } from '../token-endpoint.js'

// Programs use it again and again, and a repeated import takes as long as the rest of this module.
let loaded: Promise<typeof import('./client-credentials.js')> | undefined
const loadClientCredentials = () => (loaded ??= import('./client-credentials.js'))

/**
 * Runs the grant of a connection. Each grant is loaded when it runs, so that a cached token loads no OAuth code.
 *
 * @throws {@link OktaConnectError} `login_required` if a user would have to sign in, and what the grant throws
 */
export async function runGrant(attempt: Attempt, dpop: DpopNegotiation, deps: Deps): Promise<TokenResponse> {
  const { grantRequest } = attempt
  switch (grantRequest.type) {
    case 'client_credentials':
      return (await loadClientCredentials()).clientCredentials(attempt, dpop, deps)
    case 'authorization_code':
      return grantRequest.isManual
        ? (await import('./manual-authorization-code.js')).manualAuthorizationCode(attempt, grantRequest, dpop, deps)
        : (await import('./authorization-code.js')).authorizationCode(attempt, grantRequest, dpop, deps)
    case 'authorization_response':
      return (await import('./exchange-code.js')).exchangeCode(attempt, grantRequest, dpop, deps)
    case 'device_code':
      return (await import('./device-code.js')).deviceCode(attempt, grantRequest, dpop, deps)
    case 'none':
      throw loginExpired(attempt)
    default:
      return assertNever(grantRequest)
  }
}

/** The error if a user has to sign in again, and this program may not ask them to. */
export function loginExpired({ orgUrl }: Attempt): OktaConnectError {
  return new OktaConnectError('login_required', `The sign-in at ${orgUrl.host} has expired.`, {
    hint: 'Sign in again.',
    remedy: { id: 'sign_in' },
  })
}
