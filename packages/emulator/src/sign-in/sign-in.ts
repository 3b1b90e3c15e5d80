import { errorPage } from '../html/error-page.js'
import type { Exchange } from '../http/exchange.js'
import type { EmulatorUser } from '../org/directory.js'
import { signInPage } from './sign-in-page.js'

/** `GET /signin/{id}`: the form, filled in with the `login_hint`. */
export async function showSignIn(exchange: Exchange): Promise<void> {
  const interaction = await pendingSignIn(exchange)
  if (interaction === undefined) return
  const { login_hint: hint } = interaction.params
  show(exchange, interaction, String(hint ?? ''))
}

/** `POST /signin/{id}`: signs the user in and goes on with the authorization request, or says what was wrong. */
export async function signIn(exchange: Exchange): Promise<void> {
  const { ctx, form, backend, org } = exchange
  const interaction = await pendingSignIn(exchange)
  if (interaction === undefined) return
  const username = form.get('username') ?? ''
  const user = org.userBy(username, form.get('password') ?? '')
  if (user === undefined) {
    ctx.status = 401
    show(exchange, interaction, username, 'Unable to sign in. The username or the password is wrong.')
    return
  }
  await leaveOtherUser(exchange, interaction, user)
  const login = { accountId: user.id, amr: ['pwd'] }
  ctx.redirect(await backend.provider.interactionResult(ctx.req, ctx.res, { login }))
}

/** `GET /signin/{id}/cancel`: tells the app that the user would not. */
export async function cancelSignIn(exchange: Exchange): Promise<void> {
  const { ctx, backend } = exchange
  if ((await pendingSignIn(exchange)) === undefined) return
  const denied = {
    error: 'access_denied',
    error_description: 'The resource owner or authorization server denied the request.',
  }
  ctx.redirect(await backend.provider.interactionResult(ctx.req, ctx.res, denied))
}

type Interaction = Awaited<ReturnType<Exchange['backend']['provider']['interactionDetails']>>

/** The authorization request that waits for this sign-in; without one (too late, or no cookies) a page says so. */
async function pendingSignIn({ ctx, backend }: Exchange): Promise<Interaction | undefined> {
  try {
    return await backend.provider.interactionDetails(ctx.req, ctx.res)
  } catch {
    ctx.status = 400
    errorPage(ctx, 'invalid_request', 'This sign-in has ended. Start again from the application.')
    return undefined
  }
}

function show({ ctx, org }: Exchange, { params }: Interaction, username: string, problem?: string): void {
  const { client_id: clientId, redirect_uri: redirectUri } = params
  const app = org.apps.get(String(clientId))
  if (app === undefined) throw new Error('an authorization request without an app cannot wait for a sign-in')
  signInPage(ctx, org, {
    app,
    redirectUri: String(redirectUri),
    path: ctx.path,
    username,
    ...(problem !== undefined && { problem }),
  })
}

/** With prompt=login another user may come. oidc-provider would ask the first one to sign out; Okta just changes. */
async function leaveOtherUser({ backend }: Exchange, interaction: Interaction, user: EmulatorUser): Promise<void> {
  const { session } = interaction
  if (session === undefined || session.accountId === user.id) return
  const earlier = await backend.provider.Session.findByUid(session.uid)
  await earlier?.destroy()
  interaction.session = undefined
  await interaction.persist()
}
