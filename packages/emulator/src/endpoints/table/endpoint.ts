import type { Next } from 'koa'
import { adminRole } from '../../checks/api/admin-role.js'
import { apiToken } from '../../checks/api/api-token.js'
import { noDuplicates } from '../../checks/no-duplicates.js'
import type { SendError } from '../../http/errors/send-error.js'
import type { Check, Exchange } from '../../http/exchange.js'
import { type Parameter, readQuery } from './parameters.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Handles a request after the checks. `next` passes it on to oidc-provider. */
export type Handler = (exchange: Exchange, next: Next) => void | Promise<void>

/** One endpoint: one row of the table. */
export interface Endpoint {
  readonly method: Method
  /** A path in which `{name}` matches one segment. */
  readonly path: string
  readonly kind: 'api' | 'oauth' | 'page'
  /** What the endpoint does, for the reference. */
  readonly summary: string
  /** The scopes of an API token, of which one is sufficient. */
  readonly scopes: readonly string[]
  readonly query: readonly Parameter[]
  /** The type of the body of a POST or PUT request. */
  readonly body: 'json' | 'form' | 'none'
  /**
   * Which web pages can read the response: those of trusted origins, those of the redirect URIs of the app (`client`), or
   * none.
   */
  readonly cors: 'trusted' | 'client' | 'none'
  /** Whether the custom authorization servers have the endpoint too, below their own base path. */
  readonly atCustomServers: boolean
  /** The checks in Okta's order. */
  readonly checks: readonly Check[]
  readonly handler: Handler
  /** Sends the error of a failed check. Default: as JSON. */
  readonly sendError?: SendError
}

/** The options of an endpoint of the management API. */
export interface ApiOptions {
  readonly summary: string
  /** The scopes, of which one is sufficient. A challenge contains the first. */
  readonly scopes: readonly [string, ...string[]]
  readonly query?: readonly Parameter[]
  /** Whether Okta allows pages of trusted origins (`isCorsEnabled` of its OpenAPI file). */
  readonly cors?: boolean
  /** Whether an admin role is required. Default: true. */
  readonly admin?: boolean
  /** More checks, after those of the token. */
  readonly checks?: readonly Check[]
  readonly body?: 'json'
}

/** An endpoint of the management API. */
export function api(method: Method, path: string, options: ApiOptions, handler: Handler): Endpoint {
  const { summary, scopes, query = [], cors = false, admin = true, checks = [], body = 'none' } = options
  return {
    method,
    path,
    kind: 'api',
    summary,
    scopes,
    query,
    body,
    cors: cors ? 'trusted' : 'none',
    atCustomServers: false,
    checks: [apiToken(...scopes), ...(admin ? [adminRole] : []), ...checks, exchange => readQuery(exchange, query)],
    handler,
  }
}

/** The options of an OAuth endpoint. */
export type OauthOptions = Pick<Endpoint, 'summary'> &
  Partial<Pick<Endpoint, 'checks' | 'cors' | 'sendError' | 'query' | 'scopes' | 'atCustomServers' | 'body'>>

/** An OAuth endpoint of the org and of its custom authorization servers. */
export function oauth(method: Method, path: string, options: OauthOptions, handler: Handler): Endpoint {
  return {
    method,
    path,
    kind: 'oauth',
    scopes: [],
    query: [],
    body: method === 'POST' ? 'form' : 'none',
    cors: 'none',
    atCustomServers: true,
    ...options,
    checks: [noDuplicates, ...(options.checks ?? [])],
    handler,
  }
}

/** A page for users. */
export function page(
  method: 'GET' | 'POST',
  path: string,
  summary: string,
  handler: Handler,
  { atCustomServers = false }: { readonly atCustomServers?: boolean } = {},
): Endpoint {
  return {
    method,
    path,
    kind: 'page',
    summary,
    scopes: [],
    query: [],
    body: method === 'POST' ? 'form' : 'none',
    cors: 'none',
    atCustomServers,
    checks: [],
    handler,
  }
}
