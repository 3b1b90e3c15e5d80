import { errorPage } from '../html/error-page.js'
import { ApiError, type OauthError } from './errors.js'
import type { Exchange } from './exchange.js'

/** How an endpoint says no. */
export type Refusal = (exchange: Exchange, error: OauthError) => void

/** As JSON with the error's status and headers: every endpoint that a program calls. */
export function refuseAsJson({ ctx, org }: Pick<Exchange, 'ctx' | 'org'>, error: OauthError | ApiError): void {
  ctx.status = error.status
  ctx.set(error.headers)
  ctx.body = error instanceof ApiError ? error.body(org.random.id('oae')) : error.body
}

/**
 * By redirect to the app (RFC 6749 §4.1.2.1), once app and redirect URI are known to belong together; as a page for
 * the person in front of the browser before that.
 */
export const refuseByRedirect: Refusal = ({ ctx, form, org, server, redirectUri }, { error, description, status }) => {
  if (redirectUri === undefined) {
    ctx.status = status
    errorPage(ctx, error, description)
    return
  }
  const answer = new URLSearchParams({ error, error_description: description })
  const state = form.get('state')
  if (state !== null) answer.set('state', state)
  if (org.sendIssuer) answer.set('iss', server.issuer)
  const target = new URL(redirectUri)
  if (form.get('response_mode') === 'fragment') target.hash = answer.toString()
  else for (const [name, value] of answer) target.searchParams.set(name, value)
  ctx.status = 302
  ctx.redirect(target.href)
}
