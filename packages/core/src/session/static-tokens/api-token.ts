import type { ApiTokenOptions, ConnectOptions } from '../../config/connect-options.js'
import { parseApiTokenOptions } from '../../config/parse-options.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { boundedFetch } from '../../http/bounded-fetch.js'
import { ServerClock } from '../../http/server-clock.js'
import { unavailableError } from '../../oauth/oauth-error.js'
import type { OktaSession } from '../okta-session.js'
import { DefaultOktaSession } from '../session.js'
import type { SessionToken } from '../tokens/token-provider.js'
import { StaticTokens } from './static-tokens.js'

/** Returns whether options are those of a static API token. */
export function isApiTokenOptions(options: ConnectOptions): options is ApiTokenOptions {
  return options?.grant === 'api_token' || (options?.grant === undefined && 'apiToken' in Object(options))
}

/**
 * Connects with a static API token, after one request to Okta to validate it. Only the session holds it.
 *
 * @throws {@link OktaConnectError} `options_invalid`, `client_rejected`, `network_failed`, `tls_untrusted`, `rate_limited`, `server_failed`, `cancelled`
 * @see https://developer.okta.com/docs/guides/create-an-api-token/main/
 */
export async function connectByApiToken(options: ApiTokenOptions, deps: Deps): Promise<OktaSession> {
  const { orgUrl, apiToken, requestTimeoutMs, signal } = parseApiTokenOptions(options)
  const clock = new ServerClock()
  const send = boundedFetch(deps.fetch, { requestTimeoutMs, signal })
  // The owner of any token may read their own user.
  const response = await send(new URL('/api/v1/users/me', orgUrl).href, {
    headers: { authorization: `SSWS ${apiToken}` },
  })
  clock.update(response, deps.now(), deps.notify)
  if (response.status === 401) throw rejected(orgUrl)
  const unavailable = unavailableError(response, orgUrl.host)
  if (unavailable !== undefined) throw unavailable
  return sessionOf(orgUrl, apiToken, clock, deps)
}

/**
 * Opens a session with a static API token, without a request to Okta.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function openByApiToken(options: ApiTokenOptions, deps: Deps): OktaSession {
  const { orgUrl, apiToken } = parseApiTokenOptions(options)
  return sessionOf(orgUrl, apiToken, new ServerClock(), deps)
}

function sessionOf(orgUrl: URL, apiToken: string, clock: ServerClock, deps: Deps): OktaSession {
  const info = {
    orgUrl,
    clientId: undefined,
    authorizationServer: undefined,
    scopes: [],
    grant: 'api_token',
    clock,
  } as const
  const token: SessionToken = {
    accessToken: apiToken,
    tokenType: 'SSWS',
    grantedScopes: [],
    expiresAt: null,
    generation: 'static',
  }
  return new DefaultOktaSession(info, new StaticTokens(token), deps)
}

function rejected({ host }: URL): OktaConnectError {
  return new OktaConnectError('client_rejected', `${host} rejected the API token.`, {
    hint: 'It was revoked, was not used for 30 days, or belongs to another org: see Security > API > Tokens.',
  })
}
