import { compactVerify, decodeJwt, importJWK } from 'jose'
import { errorPage } from '../../../html/error-page.js'
import { logEvent, userAsEntity } from '../../../http/events.js'
import type { Exchange } from '../../../http/exchange.js'
import { oauthError } from '../../../http/oauth-errors.js'
import type { SendError } from '../../../http/send-error.js'
import type { AppRegistration } from '../../../org/apps/app.js'

/**
 * `GET` or `POST /oauth2/v1/logout` (OpenID Connect RP-Initiated Logout): ends the session in this browser and returns to the
 * app. The ID token can be expired.
 */
export async function logout(exchange: Exchange): Promise<void> {
  const { ctx, form, backend } = exchange
  const { app, subject } = await verifyHint(exchange, form.get('id_token_hint') ?? '')
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

/** The app and the user of an ID token that this authorization server has issued. */
async function verifyHint(
  { org, server }: Exchange,
  hint: string,
): Promise<{ readonly app: AppRegistration; readonly subject: string }> {
  try {
    const { publicJwk } = await server.signingKey()
    await compactVerify(hint, await importJWK(publicJwk, 'RS256'))
  } catch {
    throw oauthError('id_token_invalid')
  }
  const { iss, aud, sub = '' } = decodeJwt(hint)
  const app = org.apps.get(String(aud))
  if (iss !== server.issuer || app === undefined) throw oauthError('id_token_invalid')
  return { app, subject: sub }
}

function withState(target: string, state: string | null): string {
  const url = new URL(target)
  if (state !== null) url.searchParams.set('state', state)
  return url.href
}
