import type { Next } from 'koa'
import type { Exchange } from '../http/exchange.js'
import { replayRequest } from './replay-request.js'
import { signTokens } from './sign-tokens.js'

/** Lets oidc-provider answer a form, told which client it is by a secret that only this process knows. */
export async function forwardForm({ ctx, form, app, backend }: Exchange, next: Next): Promise<void> {
  if (app === undefined) throw new Error('a form is forwarded after client authentication only')
  const judged = new URLSearchParams(form)
  for (const name of ['client_assertion', 'client_assertion_type']) judged.delete(name)
  judged.set('client_id', app.clientId)
  judged.set('client_secret', backend.clientSecret)
  ctx.req = ctx.request.req = ctx.response.req = replayRequest(ctx.req, judged)
  await next()
}

/** Lets oidc-provider answer a token request, and makes the answer's refresh token what Okta's would be. */
export async function forwardTokenRequest(exchange: Exchange, next: Next): Promise<void> {
  await forwardForm(exchange, next)
  if (exchange.ctx.status !== 200) return
  const { refresh_token: refreshToken, ...body } = exchange.ctx.body as Record<string, unknown>
  const keeps = refreshToken !== undefined && repeatsRefreshToken(exchange)
  exchange.ctx.body = await signTokens(exchange, { ...body, ...(keeps && { refresh_token: refreshToken }) })
}

/** A refresh that names scopes without `offline_access` gets an access token alone (guides/refresh-tokens). */
function repeatsRefreshToken({ form, app }: Exchange): boolean {
  if (form.get('grant_type') !== 'refresh_token') return true
  if (!wantsRefreshToken(form)) return false
  return app?.refreshTokens === 'rotating' || app?.repeatRefreshToken === true
}

/** Whether a refresh asks for a refresh token too: by naming `offline_access`, or by naming no scope at all. */
export function wantsRefreshToken(form: URLSearchParams): boolean {
  const scope = form.get('scope')
  return scope === null || scope.split(' ').includes('offline_access')
}
