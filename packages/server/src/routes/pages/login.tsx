import { isOktaConnectError } from '@connect-okta/core'
import { beginSignIn, completeSignIn } from '@connect-okta/core/sign-in'
import type { Account } from '@connect-okta/core/types'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { csrf } from 'hono/csrf'
import type { AppContext, AppEnv, World } from '../../app-env.js'
import type { Upstream } from '../../connections/upstream.js'
import { readForm } from '../../http/form.js'
import { Refusal } from '../../http/http-error.js'
import { signInLimit } from '../../middleware/limit-sign-ins.js'
import { audit } from '../../operations/audit.js'
import type { Readiness } from '../../operations/readiness.js'
import { BrowserSession } from '../../pages/browser-session.js'
import { sendPage } from '../../pages/page.js'

/** Where Okta sends the browser back to: this, on the issuer, has to be registered with the app. */
export function redirectUriOf({ issuer }: World['config']): string {
  return `${issuer}/login/callback`
}

/**
 * The sign-in for a connection, in a browser.
 *
 * @see RFC 6749 §4.1, §10.12
 */
export function addLogin(app: OpenAPIHono<AppEnv>, world: World, readiness: Readiness): void {
  const requireFewSignIns = signInLimit(world)
  app.get('/login/:name', async c => {
    // No connection has this name. A route of its own would not go with the quicker of Hono's routers.
    if (c.req.param('name') === 'callback') {
      return await complete(c, world, readiness, requireFewSignIns)
    }
    const upstream = signInConnection(c, world)
    const session = await BrowserSession.of(c, world)
    const { name, orgUrl, scopes } = upstream
    return await sendPage(c, {
      title: `Sign in for ${name}`,
      leadsTo: orgUrl,
      content: (
        <section class="card">
          <p>
            You sign in at <strong>{orgUrl.host}</strong>. From then on, the programs that may use the connection{' '}
            <strong>{name}</strong> act there as you, until you sign out.
          </p>
          <dl>
            <dt>What they may do</dt>
            <dd>{scopes.join(' ')}</dd>
          </dl>
          <form method="post" action={`/login/${name}`}>
            <input type="hidden" name="form_token" value={session.formToken} />
            {c.req.query('as') === 'another' && <input type="hidden" name="as" value="another" />}
            <button type="submit">Sign in at {orgUrl.host}</button>
          </form>
          <a class="button plain" href="/">
            Cancel
          </a>
        </section>
      ),
    })
  })

  app.post('/login/:name', csrf({ origin: world.config.issuer }), async c => {
    const upstream = signInConnection(c, world)
    const session = await BrowserSession.of(c, world)
    const { one: form } = await readForm(c)
    session.requireFormToken(form.get('form_token'))
    await requireFewSignIns(c)
    // Okta may know the browser as somebody who was refused: it is to ask for the password anew.
    const forceLogin = form.get('as') === 'another'
    const begun = await beginSignIn(
      { ...upstream.signInOptions(redirectUriOf(world.config)), forceLogin },
      world.coreDeps,
    )
    await session.begin(upstream.name, begun.pending)
    return c.redirect(begun.authorizationUrl.href, 303)
  })
}

async function complete(
  c: AppContext,
  world: World,
  readiness: Readiness,
  requireFewSignIns: ReturnType<typeof signInLimit>,
): Promise<Response> {
  const { config, connections } = world
  const session = await BrowserSession.of(c, world)
  const redirectUri = redirectUriOf(config)
  const callbackUrl = new URL(redirectUri)
  callbackUrl.search = new URL(c.req.url).search
  // An answer to a sign-in that another browser began is nobody's here.
  const pending = await session.take(callbackUrl.searchParams.get('state') ?? '')
  const upstream = pending && connections.get(pending.connection)
  if (pending === undefined || upstream === undefined) {
    throw new Refusal(
      400,
      'state_mismatch',
      'This browser has begun no such sign-in, or it is over already. Sign in again.',
    )
  }
  // Not before: any page can make a browser send requests without a sign-in that has begun.
  await requireFewSignIns(c)
  let refused: Account | undefined
  const options = upstream.signInOptions(redirectUri)
  const accept = (account: Account) => {
    const isAccepted = upstream.accepts(account)
    // Stored sign-ins are asked about first; the last one is the one that came.
    refused = isAccepted ? undefined : account
    return isAccepted
  }
  try {
    const { account } = await completeSignIn(
      { ...options, accept },
      { ...pending, redirectUri },
      callbackUrl,
      world.coreDeps,
    )
    // A sign-in is accepted by its account only.
    const { sub, login } = account as Account
    await session.signIn(upstream.name, { sub, userName: login ?? sub })
    readiness.forget()
    note('sign_in', account)
    return c.redirect('/', 303)
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
    note('sign_in_refused', refused)
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

  function note(what: 'sign_in' | 'sign_in_refused', account: Account | undefined): void {
    const event = { audit: what, requestId: c.get('requestId'), connection: upstream?.name ?? '' } as const
    audit(world.auditLog, event, account)
  }
}

function signInConnection(c: AppContext, { connections }: World): Upstream {
  const upstream = connections.get(c.req.param('name') ?? '')
  if (upstream?.isPersonal) return upstream
  throw new Refusal(404, 'not_found', 'There is no connection of this name that people sign in for.')
}
