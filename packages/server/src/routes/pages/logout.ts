import type { OpenAPIHono } from '@hono/zod-openapi'
import { csrf } from 'hono/csrf'
import type { AppEnv, World } from '../../app-env.js'
import { readForm } from '../../http/form.js'
import { Refusal } from '../../http/http-error.js'
import { audit } from '../../operations/audit.js'
import type { Readiness } from '../../operations/readiness.js'
import { BrowserSession } from '../../pages/browser-session.js'

/** Signs out who signed in in this browser: ends the login of the connection, here and at Okta. */
export function addLogout(app: OpenAPIHono<AppEnv>, world: World, readiness: Readiness): void {
  const { connections, auditLog } = world
  app.get('/logout', c => c.redirect('/', 303))
  app.post('/logout', csrf({ origin: world.config.issuer }), async c => {
    const session = await BrowserSession.of(c, world)
    const { one: form } = await readForm(c)
    session.requireFormToken(form.get('form_token'))
    const name = form.get('connection') ?? ''
    const person = Object.hasOwn(session.signedIn, name) ? session.signedIn[name] : undefined
    const upstream = connections.get(name)
    if (person === undefined || upstream === undefined) {
      throw new Refusal(403, 'access_denied', 'Nobody has signed in for this connection in this browser.')
    }
    // Another user may have signed in since: that sign-in does not belong to this browser.
    await upstream.signOut(person.sub)
    readiness.forget()
    await session.signOut(name)
    const account = { sub: person.sub, login: person.userName }
    audit(auditLog, { audit: 'sign_out', requestId: c.get('requestId'), connection: name }, account)
    return c.redirect('/', 303)
  })
}
