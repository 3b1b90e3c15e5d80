import type { AdapterPayload } from 'oidc-provider'
import { ApiError } from '../../http/errors.js'
import type { Check, Exchange } from '../../http/exchange.js'
import { oauthError } from '../../http/oauth-errors.js'
import type { Org } from '../../org/org.js'
import { PROOF_ALGORITHMS, ProofError, verifyProof } from '../dpop-proof.js'

/** A token that the API accepted. */
export interface ApiToken {
  readonly scopes: readonly string[]
  /** The ID of the user; undefined for a token of a service app. */
  readonly userId: string | undefined
  /** The ID of the app that the token was issued to; undefined for a static token. */
  readonly clientId: string | undefined
  /** Whether the app or the user has an admin role. */
  readonly isAdmin: boolean
}

const tokens = new WeakMap<object, ApiToken>()

/** Returns the token of a request, if it had one that was accepted. */
export function tokenOf({ ctx }: Pick<Exchange, 'ctx'>): ApiToken | undefined {
  return tokens.get(ctx)
}

/** Returns the token of a request, after the {@link apiToken} check. */
export function acceptedToken(exchange: Exchange): ApiToken {
  const token = tokenOf(exchange)
  if (token === undefined) throw new Error('This endpoint has no apiToken check.')
  return token
}

/**
 * The request has a valid access token with one of the given scopes, or a static API token, which needs no scope.
 *
 * @param scope the scope in the challenge
 * @param alternatives other scopes that are accepted
 */
export function apiToken(scope: string, ...alternatives: readonly string[]): Check {
  return async exchange => {
    // `SSWS` without a space is what okta-sdk-python 3 sends, and Okta accepts.
    const header = exchange.ctx.get('authorization').replace(/^SSWS(?=\S)/i, 'SSWS ')
    const [scheme = '', value = ''] = header.split(' ')
    if (scheme === '') throw missingToken(exchange, scope)
    if (scheme.toUpperCase() === 'SSWS' && scope !== 'openid') {
      tokens.set(exchange.ctx, staticToken(exchange, value))
      return
    }
    const attempt: Attempt = { exchange, scheme, scope }
    const record = findToken(exchange, value)
    if (record === undefined) throw rejection(attempt, 'invalid_token', 'The access token is invalid.')
    await checkScheme(attempt, value, record.jkt)
    const scopes = record.scope?.split(' ') ?? []
    if (![scope, ...alternatives].some(name => scopes.includes(name))) throw insufficientScope(attempt)
    tokens.set(exchange.ctx, {
      scopes,
      userId: record.accountId,
      clientId: record.clientId,
      isAdmin: hasAdminRole(exchange, record),
    })
  }
}

/** The API expects a session without a token; userinfo, which is an OAuth endpoint, expects a token. */
function missingToken(exchange: Exchange, scope: string): ApiError {
  if (scope !== 'openid') return new ApiError('E0000005', 'Invalid session', { status: 403 })
  return rejection({ exchange, scheme: 'Bearer', scope }, 'invalid_request', 'The access token is missing.')
}

interface Attempt {
  readonly exchange: Exchange
  readonly scheme: string
  readonly scope: string
}

type TokenRecord = AdapterPayload & { readonly jkt?: string | undefined }

/** The API accepts only tokens of the org authorization server. */
function findToken({ org, server }: Exchange, value: string): TokenRecord | undefined {
  const record = server.tokens.find('AccessToken', value) ?? server.tokens.find('ClientCredentials', value)
  return isUsable(org, record) ? record : undefined
}

/** Whether the user and the app of a token are active. */
function isUsable(org: Org, record: TokenRecord | undefined): boolean {
  if (record === undefined || org.apps.get(record.clientId ?? '')?.active !== true) return false
  return record.accountId === undefined || org.activeUser(record.accountId) !== undefined
}

function staticToken({ org }: Exchange, value: string): ApiToken {
  const user = org.activeUser(org.apiTokens.use(value))
  if (user === undefined) throw new ApiError('E0000011', 'Invalid token provided', { status: 401 })
  return { scopes: [], userId: user.id, clientId: undefined, isAdmin: user.adminRole }
}

function hasAdminRole({ org }: Exchange, { accountId, clientId }: TokenRecord): boolean {
  if (accountId !== undefined) return org.directory.find(accountId)?.adminRole === true
  return org.apps.get(clientId ?? '')?.adminRole === true
}

/** A bound token requires the DPoP scheme and a proof by its key (RFC 9449 §7.1). Any other token requires the Bearer scheme. */
async function checkScheme(attempt: Attempt, value: string, boundTo: string | undefined): Promise<void> {
  const { exchange, scheme } = attempt
  const expected = boundTo === undefined ? 'Bearer' : 'DPoP'
  if (scheme.toLowerCase() !== expected.toLowerCase()) {
    throw rejection({ ...attempt, scheme: expected }, 'invalid_token', 'The access token is invalid.')
  }
  if (boundTo === undefined) return
  if (exchange.ctx.get('dpop') === '') {
    throw rejection(attempt, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
  }
  const proof = await verifyProof(exchange, value).catch((error: unknown) => {
    throw error instanceof ProofError ? rejection(attempt, 'invalid_dpop_proof', error.message) : error
  })
  if (proof.thumbprint !== boundTo) {
    throw rejection(attempt, 'invalid_dpop_proof', oauthError('invalid_access_token_dpop_binding').description)
  }
}

function rejection(attempt: Attempt, error: string, description: string): ApiError {
  return new ApiError('E0000011', 'Invalid token provided', {
    status: 401,
    headers: { 'WWW-Authenticate': challenge(attempt, error, description) },
  })
}

function insufficientScope(attempt: Attempt): ApiError {
  const description = 'The access token provided does not contain the required scopes.'
  return new ApiError('E0000006', 'You do not have permission to perform the requested action', {
    status: 403,
    headers: { 'WWW-Authenticate': challenge(attempt, 'insufficient_scope', description) },
  })
}

/** Okta's challenge, as in okta-sdk-nodejs#453 and okta-sdk-golang#145. */
function challenge({ exchange, scheme, scope }: Attempt, error: string, description: string): string {
  const { org, ctx } = exchange
  const isDpop = scheme.toLowerCase() === 'dpop'
  const members = {
    ...(isDpop && { algs: PROOF_ALGORITHMS.join(' ') }),
    authorization_uri: new URL('/oauth2/v1/authorize', org.url).href,
    realm: org.url.origin,
    scope,
    error,
    error_description: description,
    resource: ctx.path,
  }
  const list = Object.entries(members).map(([name, value]) => `${name}="${value}"`)
  return `${isDpop ? 'DPoP' : 'Bearer'} ${list.join(', ')}`
}
