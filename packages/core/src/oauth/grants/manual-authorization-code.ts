import type { Attempt, AuthorizationCodeGrant } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { orAborted } from '../../http/abort.js'
import type { DpopNegotiation } from '../dpop-negotiation.js'
import type { TokenAnswer } from '../token-endpoint.js'
import { exchangeCode } from './exchange-code.js'
import { askPerson } from './request-authorization.js'
import { withinTime } from './sign-in-deadline.js'

const mostTries = 3

/**
 * Interactive where the browser cannot reach this machine, over SSH or in a container: the person opens the address
 * anywhere, and brings back the one at which the browser ended.
 *
 * @throws {@link OktaConnectError} `login_denied`, `login_timeout`, `state_mismatch`, `cancelled`; else as
 * {@link requestToken} does.
 * @see RFC 6749 §4.1
 */
export async function manualAuthorizationCode(
  connection: Attempt,
  grant: AuthorizationCodeGrant,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer> {
  const [redirectUri = ''] = grant.redirectUris
  const signIn = async (giveUp: AbortSignal) => {
    const ask = (url: URL, state: string) => askForAnswer(url, state, redirectUri, giveUp, deps)
    const { answer, ...request } = await askPerson(connection, grant, redirectUri, ask, deps)
    return await exchangeCode(connection, { ...request, parameters: answer.parameters }, dpop, deps)
  }
  return await withinTime(connection, grant.timeoutMs, signIn, () => timedOut(grant))
}

async function askForAnswer(
  authorizationUrl: URL,
  state: string,
  redirectUri: string,
  signal: AbortSignal,
  deps: Deps,
): Promise<{ parameters: URLSearchParams }> {
  let problem: string | undefined
  for (let tries = 0; tries < mostTries; tries++) {
    const pasted = await orAborted(deps.askCallbackUrl({ authorizationUrl, redirectUri, problem, signal }), signal)
    const parameters = readAnswer(pasted, redirectUri)
    if (parameters?.get('state') === state) return { parameters }
    problem =
      parameters === undefined
        ? `That is not the address at which the browser ended: it begins with ${redirectUri}?`
        : 'That is the answer to another sign-in.'
  }
  throw new OktaConnectError('state_mismatch', problem ?? 'No answer was given.', {
    hint: 'Sign in again, and copy the whole address out of the address bar when the browser says it cannot connect.',
  })
}

// The whole address, or its query alone: some terminals lose the beginning of what is pasted.
function readAnswer(pasted: unknown, redirectUri: string): URLSearchParams | undefined {
  const text = typeof pasted === 'string' ? pasted.replace(/\s/g, '') : ''
  const isAddress = text === redirectUri || text.startsWith(`${redirectUri}?`)
  if (!isAddress && /^[a-z]+:/i.test(text)) return undefined
  const parameters = new URLSearchParams(isAddress ? text.slice(redirectUri.length) : text)
  return parameters.has('state') ? parameters : undefined
}

function timedOut({ timeoutMs }: AuthorizationCodeGrant): OktaConnectError {
  return new OktaConnectError('login_timeout', `Nobody signed in within ${Math.round(timeoutMs / 1000)} s.`, {
    hint: 'Try again, and paste the address at which the browser ends.',
  })
}
