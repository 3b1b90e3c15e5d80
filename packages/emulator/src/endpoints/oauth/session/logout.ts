import { errorPage } from '../../../html/error-page.js'
import { logEvent, userAsEntity } from '../../../http/events.js'
import type { Exchange } from '../../../http/exchange.js'
import { oauthError } from '../../../http/oauth-errors.js'
import type { SendError } from '../../../http/send-error.js'
import { verifyIdTokenHint } from '../../../oidc/id-token-hint.js'

/**
 * `GET` or `POST /oauth2/v1/logout` (OpenID Connect RP-Initiated Logout): ends the session in this browser and returns to the
 * app. The ID token can be expired.
 */
export async function logout(exchange: Exchange): Promise<void> {
  const { ctx, form, backend } = exchange
  const { app, subject } = await verifyIdTokenHint(exchange, form.get('id_token_hint') ?? '')
  const target = form.get('post_logout_redirect_uri')
  if (target !== null && !app.postLogoutRedirectUris.includes(target)) {
    const settings = new URL(`/admin/app/oidc_client/instance/${app.clientId}#tab-general`, exchange.org.url)
    throw oauthError('illegal_post_logout_redirect_uri_enhanced', { value: settings.href })
  }
  const session = await backend.provider.Session.get(ctx)
  if (session.accountId !== undefined && session.accountId !== subject) {
    throw oauthError('id_token_does_not_match_session')
  }
  const user = exchange.org.directory.find(session.accountId)
  if (session.accountId !== undefined) await session.destroy()
  if (user !== undefined) logEvent(exchange, 'user.session.end', { actor: userAsEntity(user) })
  ctx.cookies.set('sid', null)
  ctx.status = 302
  ctx.redirect(target === null ? '/' : withState(target, form.get('state')))
}

/** Errors of `/logout` are pages, never redirects. */
export const logoutError: SendError = ({ ctx }, { error, description }) => {
  ctx.status = 400
  errorPage(ctx, error, description)
}

function withState(target: string, state: string | null): string {
  const url = new URL(target)
  if (state !== null) url.searchParams.set('state', state)
  return url.href
}
