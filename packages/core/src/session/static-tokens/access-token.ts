import type { AccessTokenOptions, ConnectOptions } from '../../config/connect-options.js'
import { parseAccessTokenOptions } from '../../config/parse-access-token.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { ServerClock } from '../../http/server-clock.js'
import type { OktaSession } from '../okta-session.js'
import { DefaultOktaSession } from '../session.js'
import { StaticTokens } from './static-tokens.js'

/** Returns whether options have an access token of the caller. */
export function isAccessTokenOptions(options: ConnectOptions): options is AccessTokenOptions {
  return options?.grant === 'access_token' || 'accessToken' in Object(options)
}

/**
 * Opens a session with an access token of the caller, without a request to Okta. Only the session holds it. After the token
 * expires, and if the API rejects it, the session throws `login_required`.
 *
 * @throws {@link OktaConnectError} `options_invalid`; `login_required` for a token that has expired
 */
export async function openByAccessToken(options: AccessTokenOptions, deps: Deps): Promise<OktaSession> {
  const { orgUrl, accessToken, claims } = await parseAccessTokenOptions(options)
  const { authorizationServer, clientId, account, scopes, expiresAt } = claims
  const clock = new ServerClock()
  const check = (isRejected: boolean) => {
    if (expiresAt !== null && expiresAt <= clock.now(deps.now())) {
      throw unusable(`The access token expired at ${new Date(expiresAt).toISOString()}.`)
    }
    if (isRejected) throw unusable(`${orgUrl.host} rejected the access token.`)
  }
  check(false)
  const token = {
    accessToken,
    tokenType: 'Bearer',
    grantedScopes: scopes,
    expiresAt,
    generation: 'static',
    ...(account !== undefined && { account }),
  } as const
  const info = { orgUrl, clientId, authorizationServer, scopes, grant: 'access_token', clock } as const
  return new DefaultOktaSession(info, new StaticTokens(token, check), deps)
}

function unusable(message: string): OktaConnectError {
  return new OktaConnectError('login_required', message, {
    hint: 'Connect with a new access token. This session cannot renew the token.',
  })
}
