import { errorPage } from '../html/error-page.js'
import type { Exchange } from '../http/exchange.js'
import type { User } from '../org/users/user.js'
import { authenticate } from './authenticate.js'
import { signInPage } from './sign-in-page.js'

/** `GET /signin/{id}`: the sign-in page, with the `login_hint` as the username. */
export async function showSignIn(exchange: Exchange): Promise<void> {
  const interaction = await pendingSignIn(exchange)
  if (interaction === undefined) return
  const { login_hint: hint } = interaction.params
  show(exchange, interaction, String(hint ?? ''))
}

/** `POST /signin/{id}`: signs the user in and resumes the authorization request, or shows the error. */
export async function signIn(exchange: Exchange): Promise<void> {
  const { ctx, form, backend } = exchange
  const interaction = await pendingSignIn(exchange)
  if (interaction === undefined) return
  const username = form.get('username') ?? ''
  const user = authenticate(exchange)
  if (user === undefined) {
    ctx.status = 401
    show(exchange, interaction, username, 'Unable to sign in. The username or the password is incorrect.')
    return
  }
  await endOtherSession(exchange, interaction, user)
  const login = { accountId: user.id, amr: ['pwd'] }
  ctx.redirect(await backend.provider.interactionResult(ctx.req, ctx.res, { login }))
}

/** `GET /signin/{id}/cancel`: returns to the app with `access_denied`. */
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

/** The authorization request of this sign-in. Shows an error page when it has expired or the cookie is missing. */
async function pendingSignIn({ ctx, backend }: Exchange): Promise<Interaction | undefined> {
  try {
    return await backend.provider.interactionDetails(ctx.req, ctx.res)
  } catch {
    ctx.status = 400
    errorPage(ctx, 'invalid_request', 'This sign-in has expired. Start again from the application.')
    return undefined
  }
}

function show(exchange: Exchange, { params }: Interaction, username: string, problem?: string): void {
  const { ctx, org } = exchange
  const { client_id: clientId, redirect_uri: redirectUri } = params
  const app = org.apps.get(String(clientId))
  if (app === undefined) throw new Error('The authorization request has no app.')
  signInPage(exchange, {
    app,
    redirectUri: String(redirectUri),
    path: ctx.path,
    username,
    ...(problem !== undefined && { problem }),
  })
}

/** Ends the session of another user after prompt=login. Okta switches users; oidc-provider would ask to sign out first. */
async function endOtherSession({ backend }: Exchange, interaction: Interaction, user: User): Promise<void> {
  const { session } = interaction
  if (session === undefined || session.accountId === user.id) return
  const previous = await backend.provider.Session.findByUid(session.uid)
  await previous?.destroy()
  interaction.session = undefined
  await interaction.persist()
}
