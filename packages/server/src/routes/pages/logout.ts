import type { OpenAPIHono } from '@hono/zod-openapi'
import { csrf } from 'hono/csrf'
import type { AppEnv } from '../../app-env.js'
import { readForm } from '../../http/form.js'
import { HttpError } from '../../http/http-error.js'
import { audit } from '../../operations/audit.js'
import type { Readiness } from '../../operations/readiness.js'
import { BrowserSession } from '../../pages/browser-session.js'
import type { RouteDeps } from '../../route-deps.js'

/** `/logout`: ends the sign-in that this browser made for a connection, here and at Okta. */
export function addLogout(app: OpenAPIHono<AppEnv>, deps: RouteDeps, readiness: Readiness): void {
  const { connections, auditLog } = deps
  app.get('/logout', c => c.redirect('/', 303))
  app.post('/logout', csrf({ origin: deps.config.issuer }), async c => {
    const session = await BrowserSession.of(c, deps)
    const { single: form } = await readForm(c)
    session.requireFormToken(form.get('form_token'))
    const name = form.get('connection') ?? ''
    const user = Object.hasOwn(session.signedIn, name) ? session.signedIn[name] : undefined
    const upstream = connections.get(name)
    if (user === undefined || upstream === undefined) {
      throw new HttpError(403, 'access_denied', 'No user has signed in for this connection with this browser.')
    }
    // Another user may have signed in later, with another browser.
    await upstream.signOut(user.sub)
    readiness.invalidate()
    await session.signOut(name)
    const account = { sub: user.sub, login: user.userName }
    audit(auditLog, { audit: 'sign_out', requestId: c.get('requestId'), connection: name }, account)
    return c.redirect('/', 303)
  })
}
