import type { ApiTokenOptions, ConnectOptions } from '../config/connect-options.js'
import { parseApiTokenOptions } from '../config/parse-options.js'
import type { Deps } from '../deps.js'
import { OktaConnectError } from '../errors.js'
import { boundedFetch } from '../http/bounded-fetch.js'
import { ServerClock } from '../http/server-clock.js'
import type { OktaSession } from './okta-session.js'
import { type HeldToken, LiveSession, type SessionFacts, type Tokens } from './session.js'

/** Whether options are those of a static API token. */
export function isApiTokenOptions(options: ConnectOptions): options is ApiTokenOptions {
  return options?.grant === 'api_token' || (options?.grant === undefined && 'apiToken' in Object(options))
}

/**
 * Connects with a static API token, after asking Okta once whether it is one. It is kept nowhere but in the session.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `client_rejected`, and the row "retry later"
 * @see https://developer.okta.com/docs/guides/create-an-api-token/main/
 */
export async function connectByApiToken(options: ApiTokenOptions, deps: Deps): Promise<OktaSession> {
  const { orgUrl, apiToken, requestTimeoutMs, signal } = parseApiTokenOptions(options)
  const clock = new ServerClock()
  const ask = boundedFetch(deps.fetch, { requestTimeoutMs, signal })
  // Whoever the token is of may see themselves.
  const answer = await ask(new URL('/api/v1/users/me', orgUrl).href, { headers: { authorization: `SSWS ${apiToken}` } })
  clock.learn(answer, deps.now(), deps.notify)
  if (answer.status === 401) throw rejected(orgUrl)
  if (answer.status >= 500) throw failed(orgUrl, answer.status)
  return sessionOf(orgUrl, apiToken, clock, deps)
}

/**
 * The same without asking Okta.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function openByApiToken(options: ApiTokenOptions, deps: Deps): OktaSession {
  const { orgUrl, apiToken } = parseApiTokenOptions(options)
  return sessionOf(orgUrl, apiToken, new ServerClock(), deps)
}

function sessionOf(orgUrl: URL, apiToken: string, clock: ServerClock, deps: Deps): OktaSession {
  const facts: SessionFacts = {
    orgUrl,
    clientId: undefined,
    authorizationServer: undefined,
    scopes: [],
    grant: 'api_token',
    clock,
  }
  return new LiveSession(facts, staticTokens(apiToken), deps)
}

function staticTokens(apiToken: string): Tokens {
  const record: HeldToken = {
    accessToken: apiToken,
    tokenType: 'SSWS',
    grantedScopes: [],
    expiresAt: null,
    generation: 'static',
  }
  let isEnded = false
  return {
    account: undefined,
    atHand: () => (isEnded ? undefined : record),
    async obtain() {
      if (isEnded) {
        throw new OktaConnectError('login_required', 'This session has been disconnected.', { hint: 'Connect again.' })
      }
      return { record, origin: 'memory' }
    },
    // There is no other.
    refuse() {},
    async end() {
      isEnded = true
    },
  }
}

function rejected({ host }: URL): OktaConnectError {
  return new OktaConnectError('client_rejected', `${host} does not know the API token.`, {
    hint: 'It has been revoked, was not used for 30 days, or is of another org: see Security > API > Tokens.',
  })
}

function failed({ host }: URL, status: number): OktaConnectError {
  return new OktaConnectError('server_failed', `${host} has a fault of its own (HTTP ${status}).`, {
    hint: 'Try again in a minute. See status.okta.com if it goes on.',
  })
}
