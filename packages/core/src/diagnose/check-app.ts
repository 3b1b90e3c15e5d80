import type { AccessTokenOptions, ConnectOptions, OAuthOptions } from '../config/connect-options.js'
import { isHeadless } from '../config/is-headless.js'
import { isBrokerOptions } from '../config/parse-broker-options.js'
import { parseOptions } from '../config/parse-options.js'
import { requireConnectOptions } from '../config/require-connect-options.js'
import { connect } from '../connect.js'
import type { Deps } from '../deps.js'
import { assertNever, isOktaConnectError } from '../errors.js'
import { resolveEndpoints } from '../oauth/discovery.js'
import { checkAuthorization } from '../oauth/sign-in-checks/check-authorization.js'
import type { OktaSession } from '../session/okta-session.js'
import { isAccessTokenOptions } from '../session/static-tokens/access-token.js'
import { isApiTokenOptions } from '../session/static-tokens/api-token.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { type Finding, failure, failureOf, ok, skipped, warning } from './finding.js'

const check = 'app'

/** Checks whether the org accepts the app: connects without a user, or requests a sign-in that shows no page. */
export async function checkApp(options: Partial<ConnectOptions>, deps: Deps): Promise<Finding> {
  const isNamed = ['apiToken', 'accessToken', 'clientId'].some(name => name in options)
  if (!isNamed) return skipped(check, 'No client ID is set.')
  try {
    const complete = requireConnectOptions(options)
    if (isAccessTokenOptions(complete)) return await tryAccessToken(complete, deps)
    return isBrokerOptions(complete) || isHeadless(complete) || isApiTokenOptions(complete)
      ? await tryToConnect(complete, deps)
      : await requestWithoutPrompt(complete, deps)
  } catch (error) {
    if (isOktaConnectError(error) && error.code === 'cancelled') throw error
    return failureOf(check, error)
  }
}

async function tryToConnect(options: ConnectOptions, deps: Deps): Promise<Finding> {
  const missing: string[] = []
  const session = await connect(options, {
    ...deps,
    store: createMemoryStore(),
    notify: ({ code, message }) => void (code === 'scope_missing' && missing.push(message)),
  })
  const { type } = await session.token()
  const isDenied = await isDeniedByApi(session).finally(() => session.disconnect())
  const [message] = missing
  if (message !== undefined) return warning(check, message, 'Grant the missing scopes.')
  if (isDenied) {
    return failure(
      check,
      `The app ${session.clientId} can get tokens for ${session.scopes.join(' ')}, but the API responds with 403 (Forbidden).`,
      'Assign an admin role to the app: Applications > your app > Admin roles > Edit assignments.',
    )
  }
  if (type === 'SSWS') return ok(check, 'The org accepts the API token.')
  return ok(check, `The app ${session.clientId} gets ${type} tokens for ${session.scopes.join(' ')}.`)
}

// Only the API can verify the token.
async function tryAccessToken(options: AccessTokenOptions, deps: Deps): Promise<Finding> {
  const session = await connect(options, deps)
  if (readRequestFor(session) === undefined) {
    return skipped(check, 'Not checked: no read-only request is known for the scopes of the access token.')
  }
  if (!(await isDeniedByApi(session))) return ok(check, 'The API accepts the access token.')
  return failure(
    check,
    'The API responds to the access token with 403 (Forbidden).',
    'Assign an admin role to the app or the user that the token belongs to.',
  )
}

/** A harmless request for each kind of resource. */
const readRequests: readonly (readonly [scope: RegExp, path: string])[] = [
  [/^okta\.users\.(read|manage)$/, '/api/v1/users?limit=1'],
  [/^okta\.groups\./, '/api/v1/groups?limit=1'],
  [/^okta\.apps\./, '/api/v1/apps?limit=1'],
  [/^okta\.logs\./, '/api/v1/logs?limit=1'],
  [/^okta\.policies\./, '/api/v1/policies?type=OKTA_SIGN_ON'],
  [/^okta\.authorizationServers\./, '/api/v1/authorizationServers?limit=1'],
]

function readRequestFor({ scopes }: OktaSession): string | undefined {
  return readRequests.find(([scope]) => scopes.some(one => scope.test(one)))?.[1]
}

// Okta issues tokens for scopes that the admin roles of the app do not cover: the API then responds with 403.
async function isDeniedByApi(session: OktaSession): Promise<boolean> {
  const path = readRequestFor(session)
  if (path === undefined) return false
  const response = await session.fetch(path)
  await response.body?.cancel()
  return response.status === 403
}

async function requestWithoutPrompt(options: OAuthOptions, deps: Deps): Promise<Finding> {
  const { connection, signal } = await parseOptions({ ...options, grant: 'authorization_code' })
  const { grantRequest } = connection
  const [redirectUri = ''] = grantRequest.type === 'authorization_code' ? grantRequest.redirectUris : []
  if (options.grant === 'device_code')
    return skipped(check, 'Not checked: Okta reports only during a sign-in whether the app allows device codes.')
  const endpoints = await resolveEndpoints(connection, signal, deps)
  const attempt = { ...connection, endpoints, signal, forceLogin: false }
  const result = await checkAuthorization(attempt, redirectUri, deps)
  switch (result.outcome) {
    case 'accepted':
      return ok(check, `The org accepts sign-ins for ${options.clientId} with the redirect URI ${redirectUri}.`)
    case 'rejected':
      return failureOf(check, result.error)
    case 'unclear':
      return failure(
        check,
        `The response to a sign-in for ${options.clientId} cannot be interpreted (HTTP ${result.status}).`,
        'Check whether a proxy or a sign-in page of the network responds in place of Okta. Otherwise try again in a minute.',
      )
    default:
      return assertNever(result)
  }
}
