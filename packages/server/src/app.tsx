import { isOktaConnectError } from '@connect-okta/core'
import { OpenAPIHono } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import type { AppContext, AppEnv, World } from './app-env.js'
import { bodyOf, malformed, Refusal, refusalOf } from './http/http-error.js'
import { guardHeaders } from './middleware/guard-headers.js'
import { guardHost } from './middleware/guard-host.js'
import { guardOrigin } from './middleware/guard-origin.js'
import { limitBody } from './middleware/limit-body.js'
import { observe, routeOf } from './middleware/observe.js'
import { sendToPages } from './middleware/redirect-to-issuer.js'
import { createReadiness } from './operations/readiness.js'
import { sendPage } from './pages/page.js'
import { addHealth } from './routes/monitoring/health.js'
import { addMetrics } from './routes/monitoring/metrics.js'
import { addOpenApi } from './routes/monitoring/openapi.js'
import { addMetadata } from './routes/oauth/metadata.js'
import { addRevoke } from './routes/oauth/revoke.js'
import { addToken } from './routes/oauth/token.js'
import { addHome } from './routes/pages/home.js'
import { addLogin } from './routes/pages/login.js'
import { addLogout } from './routes/pages/logout.js'
import { addAuthorization } from './routes/requests/authorization.js'
import { addProxy } from './routes/requests/proxy.js'
import { StateUnavailable } from './state/shared-state.js'

const pages = ['/', '/login/*', '/logout'] as const

/** The broker's routes, without a port: what a server, or a test, hands requests to. */
export function routesOf(world: World): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: result => {
      if (result.success) return
      const [issue] = result.error.issues
      throw malformed(`${issue?.path.join('.') ?? 'The request'}: ${issue?.message ?? 'it cannot be read'}`)
    },
  })
  const readiness = createReadiness(world)
  app.onError((error, c) => refuse(error, c, world))
  app.notFound(c => refuse(new Refusal(404, 'not_found', 'There is nothing here.'), c, world))
  app.use(observe(world))
  app.use(guardHeaders())
  app.use(guardHost(world))
  // What goes through to the org may be as long as the org takes.
  const limited = ['/oauth2/*', '/connections/*', '/login/*', '/logout']
  for (const path of limited) app.use(path, limitBody())
  for (const path of pages) app.use(path, sendToPages(world))
  for (const path of ['/oauth2/*', '/connections/*', '/proxy/*']) app.use(path, guardOrigin())

  addToken(app, world)
  addRevoke(app, world)
  addMetadata(app, world)
  addAuthorization(app, world)
  addProxy(app, world)
  addHome(app, world, readiness)
  addLogin(app, world, readiness)
  addLogout(app, world, readiness)
  addHealth(app, world, readiness)
  addMetrics(app, world)
  addOpenApi(app, world)
  return app
}

async function refuse(error: Error, c: AppContext, { log, metrics }: World): Promise<Response> {
  // Whatever it led to: nothing failed here.
  const isBrokenOff = c.env?.incoming?.readableAborted
  const refusal = isBrokenOff ? malformed('The request broke off.') : asRefusal(error)
  const requestId = c.get('requestId')
  // Not its message: nobody knows what is in it.
  const where = error.stack?.split('\n').filter(line => /^\s+at /.test(line))
  if (refusal === undefined) log.error({ requestId, type: error.name, where }, 'a bug')
  const told =
    refusal ?? new Refusal(500, 'server_error', `This is a bug. Report it, with the request id ${requestId}.`)
  metrics.refused(routeOf(c), told.error)
  const { message: reason } = told.cause instanceof Error ? told.cause : told
  if (told.status >= 500) log.warn({ requestId, error: told.error, reason }, 'refused')
  // HTTP clients accept HTML too, such as those of Java by default: it is only for pages.
  const isPage = /^\/(?:login\/.*|logout)?$/.test(c.req.path)
  if (isPage && c.req.header('accept')?.includes('text/html')) return await refusalPage(told, c)
  return c.json(bodyOf(told), told.status, { 'cache-control': 'no-store', ...told.headers })
}

function refusalPage({ status, message, headers }: Refusal, c: AppContext): Promise<Response> {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return sendPage(c, {
    title: status === 404 ? 'Not found' : 'That did not work',
    status,
    content: (
      <section class="card">
        <p>{message}</p>
        <p class="actions">
          <a class="button" href="/">
            Connections
          </a>
        </p>
      </section>
    ),
  })
}

function asRefusal(error: Error): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof StateUnavailable) {
    return new Refusal(503, 'temporarily_unavailable', 'The shared state of this server is not available.', {
      'retry-after': '5',
    })
  }
  if (isOktaConnectError(error)) return refusalOf(error)
  if (!(error instanceof HTTPException)) return undefined
  // What Hono refuses by itself: JSON that is none, a form of another site.
  const { status, message } = error
  if (status === 403) return new Refusal(403, 'access_denied', 'This form is from another site.')
  return new Refusal(status as 400, 'invalid_request', message || 'The request cannot be read.')
}
