import type { Attempt, AuthorizationCodeGrant } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { type Callback, type CallbackListener, withCallbackListener } from '../../sign-in/callback-listener.js'
import type { CallbackPage } from '../../sign-in/callback-page.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import type { TokenAnswer } from '../token-endpoint.js'
import { exchangeCode } from './exchange-code.js'
import { askPerson } from './request-authorization.js'
import { withinTime } from './sign-in-deadline.js'

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
  let listening: CallbackListener | undefined
  // The listener first: the browser may come back sooner than it is expected.
  const signIn = (giveUp: AbortSignal) =>
    withCallbackListener(grant.redirectUris, giveUp, async listener => {
      listening = listener
      const { answer, ...request } = await askInBrowser(connection, grant, listener, deps)
      const response = { ...request, parameters: answer.parameters }
      return await concluded(answer, connection, () => exchangeCode(connection, response, dpop, deps))
    })
  return await withinTime(connection, grant.timeoutMs, signIn, () => timedOut(grant, listening))
}

async function askInBrowser(
  connection: Attempt,
  grant: AuthorizationCodeGrant,
  listener: CallbackListener,
  deps: Deps,
) {
  const end = new AbortController()
  const ask = async (url: URL, state: string, before: Callback | undefined): Promise<Callback> => {
    const answer = listener.answerTo(state)
    // A browser that is here already goes back for another try.
    await Promise.race([before === undefined ? openFor(url, end.signal, deps) : before.redirect(url), answer])
    return await answer
  }
  try {
    return await askPerson(connection, grant, listener.redirectUri, ask, deps)
  } finally {
    end.abort()
  }
}

// A failure of a caller's own function comes as a rejection too.
async function openFor(url: URL, signal: AbortSignal, deps: Deps): Promise<void> {
  await deps.openBrowser(url, signal)
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

function timedOut(
  { timeoutMs, redirectUris }: AuthorizationCodeGrant,
  { strangers, redirectUri }: Pick<CallbackListener, 'strangers' | 'redirectUri'> = {
    strangers: 0,
    redirectUri: redirectUris.join(' or '),
  },
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
