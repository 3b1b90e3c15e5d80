import type { Attempt, AuthorizationCodeGrant } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { orAborted } from '../../http/abort.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import { waitForUser } from '../sign-in-checks/wait-for-user.js'
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
const maxPastedCharacters = 64 * 1024

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
      let parameters = await waitForUser(attempt, redirectUri, signal, deps, ended =>
        promptForCallback(request, ended, deps),
      )
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
    const parameters = callbackParameters(pasted, secrets.state)
    if (!parameters.has('code') && !parameters.has('error')) {
      problem = `This is not the URL that the browser was redirected to, which starts with ${redirectUri}?`
    } else if (parameters.get('state') !== secrets.state) {
      problem = 'This is the response to another sign-in.'
    } else {
      return parameters
    }
  }
  throw new OktaConnectError('state_mismatch', problem ?? 'No URL was entered.', {
    hint: 'Sign in again, and copy the whole URL from the address bar when the browser reports that it cannot connect.',
  })
}

const parameter = /(?<![\w%])(code|state|iss|error|error_description)=([^&#;|)\]},]*)/g

/**
 * Returns the parameters of a pasted callback URL. Code and state identify it: browsers, terminals and other programs change or
 * lose its beginning, add text, break the line, or escape characters.
 */
function callbackParameters(pasted: unknown, state: string): URLSearchParams {
  const text =
    typeof pasted === 'string' ? pasted.slice(0, maxPastedCharacters).replace(/[\s\p{Cf}<>"'`“”‘’]/gu, '') : ''
  const plain = text
    .replace(/[\\^](?=[?&=])/g, '')
    .replace(/&amp;|\\u0026/gi, '&')
    .replace(/=3D/gi, '=')
  const decoded = plain.includes('state=') ? plain : decodeSafely(plain)
  const parameters = new URLSearchParams()
  for (const [, name = '', value = ''] of decoded.matchAll(parameter)) {
    if (!parameters.has(name)) parameters.set(name, decodeSafely(value))
  }
  // Without what follows it.
  if (decoded.includes(`state=${state}`)) parameters.set('state', state)
  return parameters
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function timeoutError({ timeoutMs }: AuthorizationCodeGrant): OktaConnectError {
  return new OktaConnectError('login_timeout', `The user did not sign in within ${Math.round(timeoutMs / 1000)} s.`, {
    hint: 'Try again, and paste the URL that the browser is redirected to.',
  })
}
