import type { Next } from 'koa'
import type { Exchange } from '../http/exchange.js'
import { logTokens } from './log-tokens.js'
import { replayRequest } from './replay-request.js'
import { signTokens } from './sign-tokens.js'

/** Forwards a form to oidc-provider, with the client secret that the app has there. */
export async function forwardForm({ ctx, form, app, backend }: Exchange, next: Next): Promise<void> {
  if (app === undefined) throw new Error('A form can only be forwarded after client authentication.')
  const forwarded = new URLSearchParams(form)
  for (const name of ['client_assertion', 'client_assertion_type']) forwarded.delete(name)
  forwarded.set('client_id', app.clientId)
  forwarded.set('client_secret', backend.clientSecret)
  ctx.req = ctx.request.req = ctx.response.req = replayRequest(ctx.req, forwarded)
  await next()
  // The emulator has its own headers for web pages of other origins.
  for (const name of ['vary', 'access-control-allow-origin', 'access-control-expose-headers']) ctx.remove(name)
}

/** Forwards a token request to oidc-provider, and adapts the response to Okta's. */
export async function forwardTokenRequest(exchange: Exchange, next: Next): Promise<void> {
  await forwardForm(exchange, next)
  if (exchange.ctx.status !== 200) return logTokens(exchange)
  const { refresh_token: refreshToken, ...body } = exchange.ctx.body as Record<string, unknown>
  const returnsIt = refreshToken !== undefined && returnsRefreshToken(exchange)
  const signed = await signTokens(exchange, { ...body, ...(returnsIt && { refresh_token: refreshToken }) })
  // Okta's order of the members.
  const { token_type, expires_in, access_token, scope, ...others } = signed
  exchange.ctx.body = { token_type, expires_in, access_token, scope, ...others }
  logTokens(exchange, signed)
  exchange.ctx.set('X-Robots-Tag', 'noindex,nofollow')
  // Okta sends the nonce with every token (recordings in okta-sdk-python).
  if (exchange.proof !== undefined) exchange.ctx.set('dpop-nonce', exchange.org.nonces.current())
}

/** The response to a refresh with a `scope` that lacks `offline_access` has no refresh token (guides/refresh-tokens). */
function returnsRefreshToken({ form, app }: Exchange): boolean {
  if (form.get('grant_type') !== 'refresh_token') return true
  if (!requestsRefreshToken(form)) return false
  return app?.refreshTokens === 'rotating' || app?.repeatRefreshToken === true
}

/** Whether a refresh requests a refresh token: with `offline_access` in `scope`, or without `scope`. */
export function requestsRefreshToken(form: URLSearchParams): boolean {
  const scope = form.get('scope')
  return scope === null || scope.split(' ').includes('offline_access')
}
