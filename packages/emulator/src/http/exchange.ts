import type { Context } from 'koa'
import type { OidcBackend } from '../oidc/backend.js'
import type { AppRegistration } from '../org/app.js'
import type { AuthorizationServer } from '../org/authorization-server.js'
import type { Org } from '../org/org.js'
import { OauthError } from './errors.js'

/** A DPoP proof that was checked (RFC 9449 §4.3). */
export interface DpopProof {
  /** The thumbprint (RFC 7638) of the key that signed it. */
  readonly thumbprint: string
}

/** One request on its way through the checks of its endpoint; each check may learn something for the next. */
export interface Exchange {
  readonly org: Org
  /** Whose endpoint it is: the org's own authorization server, or a custom one. */
  readonly server: AuthorizationServer
  readonly backend: OidcBackend
  readonly ctx: Context
  /** The exact URL of the endpoint invoked, without the query. */
  readonly endpointUrl: string
  /** The parameters: of the form for a POST, else of the query. A check may narrow them. */
  readonly form: URLSearchParams
  /** Who calls, once client authentication, or `client_id` at authorize, has told. */
  app?: AppRegistration
  /** Where an authorization response may go, once it is known to be registered. */
  redirectUri?: string
  /** The proof that binds what is issued, if any. */
  proof?: DpopProof
}

/** What every request to one authorization server shares. */
export type Surroundings = Pick<Exchange, 'org' | 'server' | 'backend'>

/** One rule of Okta's. Throws the refusal, in Okta's words, when the request breaks it. */
export type Check = (exchange: Exchange) => void | Promise<void>

const exchanges = new WeakMap<object, Exchange>()
const MOST_BYTES = 64 * 1024

/** Begins an exchange: reads the parameters and makes it findable from its Koa context. */
export async function beginExchange(surroundings: Surroundings, ctx: Context): Promise<Exchange> {
  const form = ctx.method === 'POST' ? await readForm(ctx) : new URLSearchParams(ctx.querystring)
  const endpointUrl = new URL(ctx.path, surroundings.org.url).href
  const exchange: Exchange = { ...surroundings, ctx, endpointUrl, form }
  exchanges.set(ctx, exchange)
  return exchange
}

/** The exchange that a Koa context belongs to: how oidc-provider's hooks find what the checks learnt. */
export function exchangeOf(ctx: object): Exchange | undefined {
  return exchanges.get(ctx)
}

/** The app of an exchange, for checks that come after the one that tells who calls. */
export function knownApp(exchange: Exchange): AppRegistration {
  if (exchange.app === undefined) throw new Error('this check must come after the one that finds the app')
  return exchange.app
}

async function readForm(ctx: Context): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of ctx.req) {
    length += chunk.length
    if (length > MOST_BYTES) throw new OauthError('invalid_request', 'The request body is too large.', { status: 413 })
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
