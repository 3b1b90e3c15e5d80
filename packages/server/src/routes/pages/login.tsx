import { isOktaConnectError } from '@connect-okta/core'
import { beginSignIn, completeSignIn } from '@connect-okta/core/sign-in'
import type { Account } from '@connect-okta/core/types'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { csrf } from 'hono/csrf'
import type { AppContext, AppEnv } from '../../app-env.js'
import type { Upstream } from '../../connections/upstream.js'
import { readForm } from '../../http/form.js'
import { HttpError } from '../../http/http-error.js'
import { limitSignIns } from '../../middleware/limit-sign-ins.js'
import { audit } from '../../operations/audit.js'
import type { Readiness } from '../../operations/readiness.js'
import { BrowserSession } from '../../pages/browser-session.js'
import { sendPage } from '../../pages/page.js'
import type { RouteDeps } from '../../route-deps.js'

/** The redirect URI, which must be registered with the app. */
export function redirectUriOf({ issuer }: RouteDeps['config']): string {
  return `${issuer}/login/callback`
}

/**
 * `/login/NAME`: signs a user in for a connection. `/login/callback` completes the sign-in.
 *
 * @see RFC 6749 §4.1, §10.12
 */
export function addLogin(app: OpenAPIHono<AppEnv>, deps: RouteDeps, readiness: Readiness): void {
  const limit = limitSignIns(deps)
  app.get('/login/:name', async c => {
    // No connection has this name. A separate route would not be supported by the faster one of Hono's routers.
    if (c.req.param('name') === 'callback') return await complete(c, deps, readiness, limit)
    const upstream = signInConnection(c, deps)
    const session = await BrowserSession.of(c, deps)
    const { name, orgUrl, scopes } = upstream
    return await sendPage(c, {
      title: `Sign in for ${name}`,
      formTarget: orgUrl,
      content: (
        <section class="card">
          <p>
            Sign in at <strong>{orgUrl.host}</strong>. Programs that use the connection <strong>{name}</strong> then act
            as you there, until you sign out.
          </p>
          <dl>
            <dt>Scopes</dt>
            <dd>{scopes.join(' ')}</dd>
          </dl>
          <form method="post" action={`/login/${name}`}>
            <input type="hidden" name="form_token" value={session.formToken} />
            {c.req.query('as') === 'another' && <input type="hidden" name="as" value="another" />}
            <button type="submit">Sign in at {orgUrl.host}</button>
            <a class="button plain" href="/">
              Cancel
            </a>
          </form>
        </section>
      ),
    })
  })

  app.post('/login/:name', csrf({ origin: deps.config.issuer }), async c => {
    const upstream = signInConnection(c, deps)
    const session = await BrowserSession.of(c, deps)
    const { single: form } = await readForm(c)
    session.requireFormToken(form.get('form_token'))
    await limit(c)
    // The browser may have an Okta session of the account that was rejected: Okta must ask for the password again.
    const forceLogin = form.get('as') === 'another'
    const begun = await beginSignIn(
      { ...upstream.signInOptions(redirectUriOf(deps.config)), forceLogin },
      deps.coreDeps,
    )
    await session.begin(upstream.name, begun.pending)
    return c.redirect(begun.authorizationUrl.href, 303)
  })
}

async function complete(
  c: AppContext,
  deps: RouteDeps,
  readiness: Readiness,
  limit: ReturnType<typeof limitSignIns>,
): Promise<Response> {
  const { config, connections } = deps
  const session = await BrowserSession.of(c, deps)
  const redirectUri = redirectUriOf(config)
  const callbackUrl = new URL(redirectUri)
  callbackUrl.search = new URL(c.req.url).search
  // Not found when another browser began the sign-in.
  const pending = await session.take(callbackUrl.searchParams.get('state') ?? '')
  const upstream = pending && connections.get(pending.connection)
  if (pending === undefined || upstream === undefined) {
    throw new HttpError(
      400,
      'state_mismatch',
      'This sign-in has expired, or was started in another browser. Sign in again.',
    )
  }
  // Only now: any page can make a browser send requests for the callback without a sign-in in progress.
  await limit(c)
  let rejected: Account | undefined
  const options = upstream.signInOptions(redirectUri)
  const accept = (account: Account) => {
    const isAccepted = upstream.accepts(account)
    // Called for stored sign-ins first, and last for the account that signed in.
    rejected = isAccepted ? undefined : account
    return isAccepted
  }
  try {
    const { account } = await completeSignIn(
      { ...options, accept },
      { ...pending, redirectUri },
      callbackUrl,
      deps.coreDeps,
    )
    // Set whenever `accept` was called.
    const { sub, login } = account as Account
    await session.signIn(upstream.name, { sub, userName: login ?? sub })
    readiness.invalidate()
    auditSignIn('sign_in', account)
    return c.redirect('/', 303)
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
    auditSignIn('sign_in_rejected', rejected)
    return await sendPage(c, {
      title: 'Not signed in',
      status: error.code === 'login_denied' ? 403 : 400,
      content: (
        <section class="card">
          <p>{error.message}</p>
          <p class="soft">{error.hint}</p>
          <p class="actions">
            <a class="button" href={`/login/${upstream.name}?as=another`}>
              Try again
            </a>
          </p>
        </section>
      ),
    })
  }

  function auditSignIn(result: 'sign_in' | 'sign_in_rejected', account: Account | undefined): void {
    const event = { audit: result, requestId: c.get('requestId'), connection: upstream?.name ?? '' } as const
    audit(deps.auditLog, event, account)
  }
}

function signInConnection(c: AppContext, { connections }: RouteDeps): Upstream {
  const upstream = connections.get(c.req.param('name') ?? '')
  if (upstream?.isUserConnection) return upstream
  throw new HttpError(404, 'not_found', 'There is no user connection with this name.')
}
