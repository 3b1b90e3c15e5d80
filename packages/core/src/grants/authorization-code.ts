import * as oauth from 'oauth4webapi'
import type { CallbackPage } from '../callback-page.js'
import type { Attempt, AuthorizationCodeGrant } from '../connection.js'
import type { Deps } from '../deps.js'
import type { DpopNegotiation } from '../dpop.js'
import { cancelled, isOktaConnectError, OktaConnectError } from '../errors.js'
import { type Callback, type CallbackListener, withCallbackListener } from '../loopback.js'
import { meaningOf, printable } from '../oauth-error.js'
import { requestToken, type TokenAnswer } from '../token-endpoint.js'
import { authorizationUrl, type RequestSecrets } from './authorization-request.js'

/**
 * Interactive: a person signs in, in the browser, and this process gets the code (RFC 6749 §4.1, RFC 7636, RFC 8252).
 *
 * @throws {@link OktaConnectError} `login_denied`, `login_timeout`, `state_mismatch`, `callback_port_in_use`,
 * `browser_failed`, `cancelled`; else as {@link requestToken} does.
 * @see https://developer.okta.com/docs/guides/implement-grant-type/authcodepkce/main/
 */
export async function authorizationCode(
  connection: Attempt,
  grant: AuthorizationCodeGrant,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer> {
  const deadline = AbortSignal.timeout(grant.timeoutMs)
  const giveUp = connection.signal === undefined ? deadline : AbortSignal.any([deadline, connection.signal])
  if (connection.signal?.aborted) throw cancelled(connection.signal.reason)
  // The listener first: the browser may come back sooner than it is expected.
  return await withCallbackListener(new URL(grant.redirectUri), giveUp, async listener => {
    try {
      const { callback, secrets } = await askPerson(connection, grant, listener, deps)
      return await concluded(callback, connection, () => exchange(connection, grant, callback, secrets, dpop, deps))
    } catch (error) {
      // Ctrl+C ends as `cancelled`; the deadline is ours, and has a name of its own.
      const isDeadline = deadline.aborted && !connection.signal?.aborted
      throw isDeadline && isOktaConnectError(error) && error.code === 'cancelled' ? timedOut(grant, listener) : error
    }
  })
}

async function askPerson(
  connection: Attempt,
  grant: AuthorizationCodeGrant,
  listener: CallbackListener,
  deps: Deps,
): Promise<{ callback: Callback; secrets: RequestSecrets }> {
  const secrets = newSecrets()
  const url = await authorizationUrl(connection, grant, secrets, grant)
  const answer = listener.answerTo(secrets.state)
  await Promise.race([openFor(url, deps), answer])
  const callback = await answer
  const isScopeRefused = callback.parameters.get('error') === 'invalid_scope'
  if (!isScopeRefused || !grant.offlineAccess) return { callback, secrets }

  // Okta does not say which scope it refuses. Most often it is the one that the person did not ask for: an app
  // without the Refresh Token grant. The browser is here already, so it goes back for another try.
  const retrySecrets = newSecrets()
  const narrowerUrl = await authorizationUrl(connection, grant, retrySecrets, { offlineAccess: false })
  const [second] = await Promise.all([listener.answerTo(retrySecrets.state), callback.redirect(narrowerUrl)])
  if (second.parameters.get('error') === null) {
    deps.notify({
      code: 'offline_access_refused',
      message:
        'Okta gives no refresh token to this app: sign in again when the token has run out, or turn on Refresh Token ' +
        'at Applications > your app > General > Grant type.',
    })
  }
  return { callback: second, secrets: retrySecrets }
}

// A failure of a caller's own function comes as a rejection too.
async function openFor(url: URL, deps: Deps): Promise<void> {
  await deps.openBrowser(url)
}

async function exchange(
  connection: Attempt,
  { redirectUri }: AuthorizationCodeGrant,
  { parameters }: Callback,
  { state, nonce, codeVerifier }: RequestSecrets,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer> {
  const { clientId } = connection.login
  const valid = validate(connection, parameters, state)
  return await requestToken(
    connection,
    {
      send: (server, client, authentication, options) =>
        oauth.authorizationCodeGrantRequest(server, client, authentication, valid, redirectUri, codeVerifier, options),
      read: (server, _client, response) =>
        // A minute of difference between two clocks is no attack.
        oauth.processAuthorizationCodeResponse(server, { client_id: clientId, [oauth.clockTolerance]: 60 }, response, {
          expectedNonce: nonce,
          requireIdToken: true,
        }),
      // A code works once; sent again it ends the tokens that it gave (RFC 6749 §4.1.2).
      patience: { tries: 1, withinMs: 0, repeatsLost: false },
    },
    dpop,
    deps,
  )
}

function validate(connection: Attempt, parameters: URLSearchParams, state: string): URLSearchParams {
  const server = { issuer: connection.endpoints.issuer }
  try {
    // Checks `iss` too, when it is there (RFC 9207).
    const valid = oauth.validateAuthResponse(server, { client_id: connection.login.clientId }, parameters, state)
    if (valid.has('code')) return valid
    throw new Error('there is no code')
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw refused(error, connection)
    throw new OktaConnectError('state_mismatch', 'The answer of the browser is not the answer to this sign-in.', {
      hint: 'Sign in again. If it happens again, somebody may be tampering with the sign-in.',
    })
  }
}

function refused(error: oauth.AuthorizationResponseError, connection: Attempt): OktaConnectError {
  const details = { error: printable(error.error), description: printable(error.error_description), status: 302 }
  const words = details.description === '' ? details.error : details.description
  const [code, hint] = meaningOf(details, connection)
  return new OktaConnectError(code, `Okta refused the sign-in: ${words}`, { hint, oauth: details })
}

// The page comes last: it must not speak of success before there is any.
async function concluded<T>(callback: Callback, connection: Attempt, act: () => Promise<T>): Promise<T> {
  try {
    const result = await act()
    await callback.show({
      outcome: 'success',
      title: `Connected to ${connection.orgUrl.host}`,
      text: 'You can close this page and go back to where you came from.',
    })
    return result
  } catch (error) {
    await callback.show(failurePage(error))
    throw error
  }
}

function failurePage(error: unknown): CallbackPage {
  const text = isOktaConnectError(error)
    ? `${error.message}\n\n${error.hint}`
    : 'An unexpected fault. See the terminal.'
  return { outcome: 'failure', title: 'The sign-in did not succeed', text }
}

function newSecrets(): RequestSecrets {
  return {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
  }
}

function timedOut(
  { timeoutMs, redirectUri }: AuthorizationCodeGrant,
  { strangers }: CallbackListener,
): OktaConnectError {
  const time = `${Math.round(timeoutMs / 1000)} s`
  if (strangers === 0) {
    return new OktaConnectError('login_timeout', `Nobody signed in within ${time}.`, {
      hint:
        'Try again, and complete the sign-in in the browser. If there was an error of Okta, ' +
        `check the client id, and register exactly ${redirectUri} at Applications > your app > General > Sign-in redirect URIs.`,
    })
  }
  return new OktaConnectError('state_mismatch', `Only answers to other sign-ins came within ${time}.`, {
    hint: 'Close the tabs of earlier sign-ins and try again.',
  })
}
