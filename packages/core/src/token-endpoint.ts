import { SignJWT } from 'jose/jwt/sign'
import * as oauth from 'oauth4webapi'
import { boundedFetch } from './bounded-fetch.js'
import type { Deps } from './deps.js'
import { assertNever, isOktaConnectError, OktaConnectError } from './errors.js'
import { oauthError, unreadableAnswer } from './oauth-error.js'
import type { ClientAuthentication, Connection } from './options.js'
import { isLoopback } from './tenant.js'

/** What a grant puts into the request for a token, and how it reads the answer. */
export interface TokenExchange {
  send(
    server: oauth.AuthorizationServer,
    client: oauth.Client,
    authentication: oauth.ClientAuth,
    options: oauth.TokenEndpointRequestOptions,
  ): Promise<Response>
  read(
    server: oauth.AuthorizationServer,
    client: oauth.Client,
    response: Response,
  ): Promise<oauth.TokenEndpointResponse>
}

/** A token as the authorization server gave it (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  readonly lifetimeMs: number
  /** `undefined` when the server says nothing, which means: as requested. */
  readonly grantedScopes: readonly string[] | undefined
}

// Okta allows an hour, but with an hour a clock one second fast is refused already.
const assertionLifetimeSeconds = 300
const longestLifetimeSeconds = 10 * 365 * 24 * 3600

/**
 * Asks for a token. Every grant goes through here.
 *
 * @throws {@link OktaConnectError} every code of the rows "Okta said no" and "retry later", `key_required`,
 * `cancelled`
 */
export async function requestToken(connection: Connection, exchange: TokenExchange, deps: Deps): Promise<TokenAnswer> {
  const { server, client, authenticate, options } = prepare(connection, connection.endpoints.token, deps)
  return await explained(connection, async saw => {
    const response = await exchange.send(server, client, authenticate, options)
    saw(response.clone())
    return toAnswer(await exchange.read(server, client, response), connection)
  })
}

/**
 * Ends a token at the authorization server (RFC 7009). A token that is unknown there is no error.
 *
 * @throws {@link OktaConnectError} as {@link requestToken} does.
 */
export async function revokeToken(connection: Connection, token: string, deps: Deps): Promise<void> {
  const { server, client, authenticate, options } = prepare(connection, connection.endpoints.revoke, deps)
  await explained(connection, async saw => {
    const response = await oauth.revocationRequest(server, client, authenticate, token, options)
    saw(response.clone())
    await oauth.processRevocationResponse(response)
  })
}

function prepare(connection: Connection, endpoint: URL, deps: Deps) {
  const { endpoints, login, orgUrl, signal } = connection
  return {
    server: {
      issuer: endpoints.issuer,
      token_endpoint: endpoints.token.href,
      revocation_endpoint: endpoints.revoke.href,
    },
    client: { client_id: login.clientId },
    authenticate: clientAuth(connection.authentication, endpoint, deps),
    options: {
      [oauth.customFetch]: boundedFetch(deps.fetch, signal),
      [oauth.allowInsecureRequests]: orgUrl.protocol === 'http:' && isLoopback(orgUrl),
      headers: { 'user-agent': 'connect-okta' },
    },
  }
}

function clientAuth(authentication: ClientAuthentication, endpoint: URL, deps: Deps): oauth.ClientAuth {
  switch (authentication.method) {
    case 'unavailable':
      throw new OktaConnectError('key_required', 'The client key is not at hand: it is never stored.', {
        hint: 'Give the private key again, as at the login.',
      })
    case 'private_key_jwt':
      return async (_server, client, body) => {
        body.set('client_id', client.client_id)
        body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
        body.set('client_assertion', await signAssertion(authentication, client.client_id, endpoint, deps))
      }
    default:
      return assertNever(authentication)
  }
}

// RFC 7523 §3. Okta wants the endpoint itself as audience, where libraries send the issuer.
async function signAssertion(
  { key }: Extract<ClientAuthentication, { method: 'private_key_jwt' }>,
  clientId: string,
  endpoint: URL,
  deps: Deps,
): Promise<string> {
  const issuedAt = Math.floor(deps.now() / 1000)
  return await new SignJWT()
    .setProtectedHeader({ alg: key.algorithm, ...(key.keyId === undefined ? {} : { kid: key.keyId }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(endpoint.href)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + assertionLifetimeSeconds)
    // Fresh for each attempt: with a `jti`, an assertion works once.
    .setJti(oauth.generateRandomState())
    .sign(key.key)
}

// Whatever goes wrong in `attempt` leaves as one of our errors. The library's own never do: they hold the answer,
// and an answer may hold a token.
async function explained<T>(connection: Connection, attempt: (saw: (answer: Response) => void) => Promise<T>) {
  let answer: Response | undefined
  try {
    return await attempt(response => {
      answer = response
    })
  } catch (error) {
    if (isOktaConnectError(error) || answer === undefined) throw error
    throw await oauthError(answer, connection, error)
  }
}

function toAnswer(body: oauth.TokenEndpointResponse, connection: Connection): TokenAnswer {
  const { access_token, token_type, expires_in, scope } = body
  if (expires_in === undefined || expires_in <= 0 || expires_in > longestLifetimeSeconds) {
    throw unreadableAnswer(connection, 'it does not say how long the token lives')
  }
  return {
    accessToken: access_token,
    // The scheme arrives in any case.
    tokenType: token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    lifetimeMs: expires_in * 1000,
    grantedScopes: scope?.split(' ').filter(Boolean),
  }
}
