import { errorPage } from '../../html/error-page.js'
import { sendAuthorizationResponse } from '../../oidc/response/authorization-response.js'
import type { Exchange } from '../exchange.js'
import { ApiError, type OauthError } from './errors.js'

/** Sends the error of a failed check. */
export type SendError = (exchange: Exchange, error: OauthError) => void

/** Sends an error as JSON. */
export function sendJsonError({ ctx, org }: Pick<Exchange, 'ctx' | 'org'>, error: OauthError | ApiError): void {
  ctx.status = error.status
  ctx.set(error.headers)
  ctx.body =
    error instanceof ApiError
      ? error.body(`oae${org.random.bytes('error id', 17).toString('base64url').slice(0, 22)}`)
      : error.body
}

/**
 * Sends an error by redirect to the app (RFC 6749 §4.1.2.1), or as a page for the user while the redirect URI has not been
 * checked.
 */
export const redirectError: SendError = ({ ctx, form, org, server, redirectUri }, { error, description, status }) => {
  if (redirectUri === undefined) {
    ctx.status = status
    errorPage(ctx, error, description)
    return
  }
  const parameters = new URLSearchParams({ error, error_description: description })
  const state = form.get('state')
  if (state !== null) parameters.set('state', state)
  if (org.sendIssuer) parameters.set('iss', server.issuer)
  sendAuthorizationResponse(ctx, { redirectUri, mode: form.get('response_mode') ?? 'query', parameters })
}
