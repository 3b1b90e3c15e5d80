import type { Attempt, AuthorizationCodeGrant } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { orAborted } from '../../http/abort.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import type { TokenResponse } from '../token-endpoint.js'
import {
  type AuthorizationRequest,
  newAuthorizationRequest,
  notifyNoRefreshToken,
  shouldOmitOfflineAccess,
} from './authorization-request.js'
import { withDeadline } from './deadline.js'
import { exchangeCode } from './exchange-code.js'

const maxPrompts = 3

/**
 * Interactive, if the browser cannot reach this machine, over SSH or in a container: the user opens the URL on any machine,
 * and pastes the URL that the browser ends at.
 *
 * @throws {@link OktaConnectError} `login_denied`, `login_timeout`, `state_mismatch`, `cancelled`; else as
 * {@link requestToken}
 * @see RFC 6749 §4.1
 */
export async function manualAuthorizationCode(
  attempt: Attempt,
  grant: AuthorizationCodeGrant,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenResponse> {
  const [redirectUri = ''] = grant.redirectUris
  return await withDeadline(
    attempt,
    grant.timeoutMs,
    () => timeoutError(grant),
    async signal => {
      let request = await newAuthorizationRequest(attempt, { ...grant, redirectUri })
      let parameters = await promptForCallback(request, signal, deps)
      if (shouldOmitOfflineAccess(parameters, grant.offlineAccess)) {
        request = await newAuthorizationRequest(attempt, { ...grant, redirectUri, offlineAccess: false })
        parameters = await promptForCallback(request, signal, deps)
        notifyNoRefreshToken(parameters, deps.notify)
      }
      return await exchangeCode(attempt, { ...request, parameters }, dpop, deps)
    },
  )
}

async function promptForCallback(
  { url, redirectUri, secrets }: AuthorizationRequest,
  signal: AbortSignal,
  deps: Deps,
): Promise<URLSearchParams> {
  let problem: string | undefined
  for (let prompts = 0; prompts < maxPrompts; prompts++) {
    const pasted = await orAborted(deps.askCallbackUrl({ authorizationUrl: url, redirectUri, problem, signal }), signal)
    const parameters = parseCallback(pasted, redirectUri)
    if (parameters?.get('state') === secrets.state) return parameters
    problem =
      parameters === undefined
        ? `This is not the URL that the browser ended at. It starts with ${redirectUri}?`
        : 'This is the response to another sign-in.'
  }
  throw new OktaConnectError('state_mismatch', problem ?? 'No URL was given.', {
    hint: 'Sign in again, and copy the whole URL from the address bar when the browser reports that it cannot connect.',
  })
}

// The whole URL, or only its query: some terminals lose the beginning of a pasted text.
function parseCallback(pasted: unknown, redirectUri: string): URLSearchParams | undefined {
  const text = typeof pasted === 'string' ? pasted.replace(/\s/g, '') : ''
  const isUrl = text === redirectUri || text.startsWith(`${redirectUri}?`)
  if (!isUrl && /^[a-z]+:/i.test(text)) return undefined
  const parameters = new URLSearchParams(isUrl ? text.slice(redirectUri.length) : text)
  return parameters.has('state') ? parameters : undefined
}

function timeoutError({ timeoutMs }: AuthorizationCodeGrant): OktaConnectError {
  return new OktaConnectError('login_timeout', `The user did not sign in within ${Math.round(timeoutMs / 1000)} s.`, {
    hint: 'Try again, and paste the URL that the browser ends at.',
  })
}
