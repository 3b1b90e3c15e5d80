import type { Context } from 'koa'
import type { OidcBackend } from '../oidc/backend.js'
import type { AppRegistration } from '../org/apps/app.js'
import type { AuthorizationServer } from '../org/authorization-server.js'
import type { Org } from '../org/org.js'
import { ApiError, OauthError } from './errors/errors.js'

/** The endpoint of a request, as far as an exchange needs it. */
interface Match {
  readonly endpoint: { readonly kind: 'api' | 'oauth' | 'page' }
  readonly params: Readonly<Record<string, string>>
}

/** A DPoP proof that was checked (RFC 9449 §4.3). */
export interface DpopProof {
  /** The thumbprint (RFC 7638) of the key that signed it. */
  readonly thumbprint: string
}

/** A request and the results of the checks so far. */
export interface Exchange {
  readonly org: Org
  /** The authorization server of the endpoint. */
  readonly server: AuthorizationServer
  readonly backend: OidcBackend
  readonly ctx: Context
  /** The URL of the endpoint, without the query. */
  readonly endpointUrl: string
  /** The origin that the client called. It differs from the org URL behind a proxy, and at another name of this machine. */
  readonly calledOrigin: string
  /** The segments of the path that the template of the endpoint names, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** The parameters in the query and in the form. Empty for a JSON body. A check can change them. */
  readonly form: URLSearchParams
  /** The body of a POST or PUT request to the management API. See `readJson`. */
  readonly jsonText?: string
  /** The app that sent the request. Set by client authentication, or by `client_id` at `/authorize`. */
  app?: AppRegistration
  /** The redirect URI. Set when it is registered for the app. */
  redirectUri?: string
  /** The DPoP proof that the issued tokens are bound to. */
  proof?: DpopProof
}

/** The part of an exchange that all requests to one authorization server share. */
export type ServerContext = Pick<Exchange, 'org' | 'server' | 'backend'>

/** A rule of Okta's. Throws Okta's error when the request violates it. */
export type Check = (exchange: Exchange) => void | Promise<void>

const exchanges = new WeakMap<object, Exchange>()
const MAX_BYTES = 64 * 1024

/** A request, and the origin that the client called. */
export type CalledRequest = Pick<Exchange, 'ctx' | 'calledOrigin'>

/** Creates the exchange of a request, and reads the body. */
export async function beginExchange(
  context: ServerContext,
  { ctx, calledOrigin }: CalledRequest,
  { endpoint, params }: Match,
): Promise<Exchange> {
  const isApi = endpoint.kind === 'api'
  const hasBody = ctx.method === 'POST' || ctx.method === 'PUT'
  const body = hasBody ? await readBody(ctx, isApi) : undefined
  const endpointUrl = new URL(ctx.path, context.org.url).href
  const request = { ...context, ctx, calledOrigin, endpointUrl, params }
  if (endpoint.kind === 'oauth' && body) requireForm(ctx)
  // Okta accepts the parameters of an OAuth request in the query, in the form, or some in each (okta-sdk-python 2).
  const parameters = endpoint.kind === 'oauth' ? `${ctx.querystring}&${body ?? ''}` : (body ?? ctx.querystring)
  const exchange: Exchange =
    isApi && body !== undefined
      ? { ...request, form: new URLSearchParams(), jsonText: body }
      : { ...request, form: new URLSearchParams(parameters) }
  exchanges.set(ctx, exchange)
  return exchange
}

/** Returns a segment of the path that the template of the endpoint names. */
export function pathParameter({ params }: Exchange, name: string): string {
  const value = params[name]
  if (value === undefined) throw new Error(`The path of this endpoint has no {${name}}.`)
  return value
}

/** Returns the exchange of a Koa context, for the hooks of oidc-provider. */
export function exchangeOf(ctx: object): Exchange | undefined {
  return exchanges.get(ctx)
}

/** Returns the app of an exchange, after the check that sets it. */
export function requireApp(exchange: Exchange): AppRegistration {
  if (exchange.app === undefined) throw new Error('This check must run after the check that sets the app.')
  return exchange.app
}

/** Okta rejects JSON at the OAuth endpoints with the error of the API (okta-sdk-python#431). */
function requireForm(ctx: Context): void {
  if (ctx.is('urlencoded')) return
  throw new ApiError(
    'E0000021',
    'Bad request.  Accept and/or Content-Type headers likely do not match supported values.',
  )
}

async function readBody(ctx: Context, isApi: boolean): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of ctx.req) {
    length += chunk.length
    if (length > MAX_BYTES) {
      throw isApi
        ? new ApiError('E0000003', 'The request body was not well-formed.', { status: 413 })
        : new OauthError('invalid_request', 'The request body is too large.', { status: 413 })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
