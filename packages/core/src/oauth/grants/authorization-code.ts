import type { Attempt, AuthorizationCodeGrant } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { type Callback, type CallbackListener, withCallbackListener } from '../../sign-in/callback-listener.js'
import type { CallbackPage } from '../../sign-in/callback-page.js'
import { accountName } from '../../stores/account.js'
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

/**
 * Interactive: a user signs in with the browser, and this process receives the code (RFC 6749 §4.1, RFC 7636, RFC 8252).
 *
 * @throws {@link OktaConnectError} `login_denied`, `login_timeout`, `state_mismatch`, `callback_port_in_use`,
 * `browser_failed`, `cancelled`; else as {@link requestToken}
 * @see https://developer.okta.com/docs/guides/implement-grant-type/authcodepkce/main/
 */
export async function authorizationCode(
  attempt: Attempt,
  grant: AuthorizationCodeGrant,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenResponse> {
  let listener: CallbackListener | undefined
  const timedOut = () => timeoutError(grant, listener)
  return await withDeadline(attempt, grant.timeoutMs, timedOut, signal =>
    withCallbackListener(
      grant.redirectUris,
      signal,
      async listening => {
        listener = listening
        const { redirectUri } = listening
        let request = await newAuthorizationRequest(attempt, { ...grant, redirectUri })
        let callback = await waitForUser(attempt, redirectUri, signal, deps, ended =>
          openBrowserAndWait(request, listening, ended, deps),
        )
        if (shouldOmitOfflineAccess(callback.parameters, grant.offlineAccess)) {
          request = await newAuthorizationRequest(attempt, { ...grant, redirectUri, offlineAccess: false })
          callback = await redirectAndWait(request, listening, callback)
          notifyNoRefreshToken(callback.parameters, deps.notify)
        }
        try {
          const token = await exchangeCode(attempt, { ...request, parameters: callback.parameters }, dpop, deps)
          // The page comes last, because it reports success.
          await callback.show(successPage(attempt, token))
          return token
        } catch (error) {
          await callback.show(failurePage(error))
          throw error
        }
      },
      deps.notify,
    ),
  )
}

async function openBrowserAndWait(
  { url, secrets }: AuthorizationRequest,
  listener: CallbackListener,
  ended: AbortSignal,
  deps: Deps,
): Promise<Callback> {
  const callback = listener.callbackFor(secrets.state)
  await Promise.race([openBrowser(url, ended, deps), callback])
  return await callback
}

// Asynchronous, so that an exception of a function of the caller becomes a rejection.
async function openBrowser(url: URL, signal: AbortSignal, deps: Deps): Promise<void> {
  await deps.openBrowser(url, signal)
}

async function redirectAndWait(
  { url, secrets }: AuthorizationRequest,
  listener: CallbackListener,
  previous: Callback,
): Promise<Callback> {
  const callback = listener.callbackFor(secrets.state)
  await Promise.race([previous.redirect(url), callback])
  return await callback
}

function successPage({ orgUrl }: Attempt, { account }: TokenResponse): CallbackPage {
  return {
    outcome: 'success',
    title: `Connected to ${orgUrl.host}`,
    account: account && accountName(account),
    text: 'You can close this page and return to the program that opened it.',
  }
}

function failurePage(error: unknown): CallbackPage {
  const text = isOktaConnectError(error)
    ? `${error.message}\n${error.hint}`
    : 'An unexpected error occurred. See the output of the program that opened this page.'
  return { outcome: 'failure', title: 'Sign-in failed', text }
}

function timeoutError(
  { timeoutMs, redirectUris }: AuthorizationCodeGrant,
  listener: CallbackListener | undefined,
): OktaConnectError {
  const time = `${Math.round(timeoutMs / 1000)} s`
  if (listener !== undefined && listener.unmatchedCallbacks > 0) {
    return new OktaConnectError(
      'state_mismatch',
      `No response to this sign-in arrived within ${time}, only responses to other sign-ins.`,
      {
        hint: 'Close the tabs of earlier sign-ins and try again.',
      },
    )
  }
  if (listener?.misdirected !== undefined) {
    return new OktaConnectError('login_timeout', `No response arrived within ${time}. ${listener.misdirected}`, {
      hint: 'Sign in again, and make sure that the browser does not change the redirect URI.',
    })
  }
  const redirectUri = listener?.redirectUri ?? redirectUris.join(' or ')
  return new OktaConnectError('login_timeout', `The user did not sign in within ${time}.`, {
    hint:
      'Try again, and complete the sign-in in the browser. If Okta showed an error, check the client ID, and register ' +
      `exactly ${redirectUri} at Applications > your app > General > Sign-in redirect URIs.`,
  })
}
