import { isOktaConnectError } from '@connect-okta/core'
import { OpenAPIHono } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import type { AppContext, AppEnv } from '../app-env.js'
import { hintFor } from '../config/connection-error.js'
import { errorBody, HttpError, httpErrorOf, invalidRequest, unavailable } from '../http/http-error.js'
import { guardHeaders } from '../middleware/guard-headers.js'
import { guardHost } from '../middleware/guard-host.js'
import { guardOrigin } from '../middleware/guard-origin.js'
import { limitBody } from '../middleware/limit-body.js'
import { observe, routeOf } from '../middleware/observe.js'
import { redirectToIssuer } from '../middleware/redirect-to-issuer.js'
import type { Readiness } from '../operations/readiness.js'
import { sendPage } from '../pages/page.js'
import type { RouteDeps } from '../route-deps.js'
import { StateUnavailable } from '../state/shared-state.js'
import { addHealth } from './monitoring/health.js'
import { addJwks } from './monitoring/jwks.js'
import { addMetrics } from './monitoring/metrics.js'
import { addOpenApi } from './monitoring/openapi.js'
import { addMetadata, metadataPaths } from './oauth/metadata.js'
import { addRevoke } from './oauth/revoke.js'
import { addToken } from './oauth/token.js'
import { addHome } from './pages/home.js'
import { addLogin } from './pages/login.js'
import { addLogout } from './pages/logout.js'
import { addAuthorization } from './requests/authorization.js'
import { addProxy } from './requests/proxy.js'

const monitoringPaths = ['/healthz', '/readyz', '/metrics', '/openapi.json']
// The methods of each path, for requests with another one.
const methods: readonly (readonly [allow: string, paths: readonly string[]])[] = [
  ['POST', ['/oauth2/token', '/oauth2/token/', '/oauth2/revoke', '/oauth2/revoke/']],
  ['POST', ['/connections/:name/authorization']],
  ['GET, HEAD', ['/connections/:name/jwks.json']],
  ['GET, HEAD', [...metadataPaths, ...metadataPaths.map(path => `${path}/`), ...monitoringPaths]],
  ['GET, HEAD', ['/', '/assets/page.js']],
  ['GET, HEAD, POST', ['/login/:name', '/logout']],
]
const pages = ['/', '/login/*', '/logout'] as const

/** The broker's middleware and routes. */
export function createRoutes(deps: RouteDeps, readiness: Readiness): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: result => {
      if (result.success) return
      const [issue] = result.error.issues
      throw invalidRequest(`${issue?.path.join('.') ?? 'The request'}: ${issue?.message ?? 'invalid'}`)
    },
  })
  app.onError((error, c) => sendError(error, c, deps))
  app.notFound(c => sendError(new HttpError(404, 'not_found', noSuchRoute(deps.config.issuer)), c, deps))
  app.use(observe(deps))
  app.use(guardHeaders())
  app.use(guardHost(deps))
  // Not the proxy: the org has its own limit.
  const limited = ['/oauth2/*', '/connections/*', '/login/*', '/logout']
  for (const path of limited) app.use(path, limitBody())
  for (const path of pages) app.use(path, redirectToIssuer(deps))
  for (const path of ['/oauth2/*', '/connections/*', '/proxy/*']) app.use(path, guardOrigin())

  addToken(app, deps)
  addRevoke(app, deps)
  addMetadata(app, deps)
  addAuthorization(app, deps)
  addJwks(app, deps)
  addProxy(app, deps)
  addHome(app, deps, readiness)
  addLogin(app, deps, readiness)
  addLogout(app, deps, readiness)
  addHealth(app, deps, readiness)
  addMetrics(app, deps)
  addOpenApi(app, deps)
  for (const [allow, paths] of methods) for (const path of paths) app.all(path, c => rejectMethod(c, allow))
  return app
}

async function sendError(thrown: Error, c: AppContext, { log, metrics }: RouteDeps): Promise<Response> {
  const requestId = c.get('requestId')
  // When the client aborts the request, the resulting error is not a bug.
  const isAborted = c.env?.incoming?.readableAborted
  const known = isAborted ? invalidRequest('The request was aborted.') : toHttpError(thrown)
  // Without its message, which may contain anything.
  const where = thrown.stack?.split('\n').filter(line => /^\s+at /.test(line))
  if (known === undefined) log.error({ requestId, type: thrown.name, where }, 'unexpected error')
  const bug = `This is a bug. Please report it with the request id ${requestId}.`
  const error = known ?? new HttpError(500, 'server_error', bug)
  metrics.failed(routeOf(c), error.error)
  const { cause } = error
  // A rejection by Okta is a mistake in the app or in the configuration, also where the client gets 400.
  const isRejection = isOktaConnectError(cause) && cause.oauth !== undefined
  if ((error.status >= 500 && !error.isLogged) || isRejection) {
    const { message: reason } = cause instanceof Error ? cause : error
    const hint = isOktaConnectError(cause) ? hintFor(cause) : undefined
    log.warn({ requestId, connection: error.connection, error: error.error, reason, hint }, 'request failed')
  }
  // Some HTTP clients accept HTML too (those of Java by default), so only pages answer with HTML.
  const isPage = /^\/(?:login\/.*|logout)?$/.test(c.req.path)
  if (isPage && c.req.header('accept')?.includes('text/html')) return await errorPage(error, c)
  return c.json(errorBody(error), error.status, { 'cache-control': 'no-store', ...error.headers })
}

// RFC 9110 §15.5.6
function rejectMethod(c: AppContext, allow: string): never {
  const message = `The method ${c.req.method} is not supported here. Use ${allow.replace(/, (?=\w+$)/, ' or ')}.`
  throw new HttpError(405, 'invalid_request', message, { headers: { allow } })
}

function noSuchRoute(issuer: string): string {
  return (
    `There is no such route. To get a token: POST ${issuer}/oauth2/token. Other endpoints: ` +
    `${issuer}/.well-known/oauth-authorization-server`
  )
}

function errorPage(error: HttpError, c: AppContext): Promise<Response> {
  const { status, message, headers } = error
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return sendPage(c, {
    title: titleOf(error),
    status,
    content: (
      <section class="card">
        <p>{message}</p>
        <p class="actions">
          <a class="button" href="/">
            Back to the connections
          </a>
        </p>
      </section>
    ),
  })
}

function titleOf({ status, error }: HttpError): string {
  if (error === 'state_mismatch') return 'Not signed in'
  return status === 404 ? 'Not found' : 'Something went wrong'
}

function toHttpError(error: Error): HttpError | undefined {
  if (error instanceof HttpError) return error
  if (error instanceof StateUnavailable) return unavailable('The shared state of this server is not available.')
  if (isOktaConnectError(error)) return httpErrorOf(error)
  if (!(error instanceof HTTPException)) return undefined
  // Errors of Hono itself: invalid JSON, a form of another site.
  const { status, message } = error
  if (status === 415)
    return new HttpError(415, 'invalid_request', 'The body must be JSON: Content-Type: application/json.')
  if (status === 403) return new HttpError(403, 'access_denied', 'This form is from another site.')
  return new HttpError(status as 400, 'invalid_request', message || 'The request cannot be read.')
}
