import type { Attempt } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { OktaConnectError } from '../../errors.js'
import { boundedFetch } from '../../http/bounded-fetch.js'
import { printable } from '../../safe-text.js'
import { newAuthorizationRequest } from '../grants/authorization-request.js'
import { authorizationError } from '../oauth-error.js'

/** The result of {@link checkAuthorization}. */
type AuthorizationCheck =
  /** Okta would show a page of its sign-in. */
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'rejected'; readonly error: OktaConnectError }
  /** The response is not one of Okta's, or does not tell. */
  | { readonly outcome: 'unclear'; readonly status: number }

// OpenID Connect Core §3.1.2.6: a user would see a page.
const isPageNeeded = /^(login_required|interaction_required|consent_required|account_selection_required)$/
const isTemporary = /^(server_error|temporarily_unavailable)$/

// Of an error page, in which the quotation marks may be escaped.
const pageMessages = [
  [/Invalid value for .{1,8}client_id.{1,8} parameter/, 'invalid_client', "Invalid value for 'client_id' parameter."],
  [
    /The .{1,8}redirect_uri.{1,8} parameter must be a Login redirect URI/,
    'invalid_request',
    "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
  ],
] as const

/**
 * Asks Okta whether it accepts the sign-in of an app, without a user: `prompt=none` and no cookies. Okta reports a wrong client
 * ID or redirect URI only on a page in the browser, from which nothing returns to this program.
 *
 * @throws {@link OktaConnectError} as any request, if Okta does not respond
 * @see OpenID Connect Core §3.1.2.1
 */
export async function checkAuthorization(
  attempt: Attempt,
  redirectUri: string,
  deps: Deps,
): Promise<AuthorizationCheck> {
  // A sign-in that is refused a refresh token continues without.
  const { url, secrets } = await newAuthorizationRequest(attempt, {
    redirectUri,
    loginHint: undefined,
    offlineAccess: false,
  })
  url.searchParams.set('prompt', 'none')
  const response = await boundedFetch(deps.fetch, { ...attempt, returnsRedirects: true })(url.href, {})
  const { status } = response
  const location = response.headers.get('location') ?? ''
  if (location.startsWith(redirectUri) && URL.canParse(location)) {
    return checkRedirect(new URL(location).searchParams, secrets.state, attempt, status)
  }
  const error = status === 400 ? pageError(await response.text(), response.headers, attempt, redirectUri) : undefined
  return error === undefined ? { outcome: 'unclear', status } : { outcome: 'rejected', error }
}

function checkRedirect(
  parameters: URLSearchParams,
  state: string,
  attempt: Attempt,
  status: number,
): AuthorizationCheck {
  const error = printable(parameters.get('error'))
  if (parameters.get('state') !== state || isTemporary.test(error)) return { outcome: 'unclear', status }
  if (error === '' || isPageNeeded.test(error)) return { outcome: 'accepted' }
  const details = { error, description: printable(parameters.get('error_description')), status }
  return { outcome: 'rejected', error: authorizationError(details, attempt) }
}

function pageError(
  page: string,
  headers: Headers,
  attempt: Attempt,
  redirectUri: string,
): OktaConnectError | undefined {
  const { grantRequest, login } = attempt
  const [, error, description] = pageMessages.find(([message]) => message.test(page)) ?? []
  if (error !== undefined) {
    // The hint names the redirect URI that was sent, not the others of the options.
    const sent = grantRequest.type === 'authorization_code' && { ...grantRequest, redirectUris: [redirectUri] }
    return authorizationError({ error, description, status: 400 }, { ...attempt, ...(sent && { grantRequest: sent }) })
  }
  // A page of Okta in the language of the org.
  if (!headers.has('x-okta-request-id')) return undefined
  return new OktaConnectError(
    'client_rejected',
    `Okta rejected the sign-in for ${login.clientId} with the redirect URI ${redirectUri} (HTTP 400).`,
    {
      hint:
        `Check the client ID, and register exactly ${redirectUri} at Applications > your app > General > Sign-in redirect ` +
        'URIs.',
    },
  )
}
