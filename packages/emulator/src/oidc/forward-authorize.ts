import type { Context, Next } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Exchange } from '../http/exchange.js'
import { oauthError } from '../http/oauth-errors.js'
import { verifyIdTokenHint } from './id-token-hint.js'
import { sendAuthorizationResponse } from './response/authorization-response.js'

/** The parameter in which the response mode of the app is stored during the sign-in. */
export const RESPONSE_MODE = 'okta_response_mode'
const RESPONSE = ['code', 'state', 'error', 'error_description', 'iss']

/**
 * Forwards an authorization request to oidc-provider, with `prompt=consent`. Without that prompt oidc-provider drops
 * `offline_access` (OpenID Connect Core §11), which Okta does not. The consent page is disabled.
 */
export async function forwardAuthorize(exchange: Exchange, next: Next): Promise<void> {
  const { ctx, form } = exchange
  const prompts = (form.get('prompt') ?? '').split(' ').filter(prompt => prompt !== '')
  const isSilent = prompts.length === 1 && prompts[0] === 'none'
  const forwarded = new URLSearchParams(form)
  forwarded.set('prompt', isSilent ? 'consent' : [...new Set([...prompts, 'consent'])].join(' '))
  // oidc-provider returns the code in the query, and the emulator sends it as the app wants it.
  forwarded.set(RESPONSE_MODE, form.get('response_mode') ?? 'query')
  forwarded.delete('response_mode')
  // Okta ignores a nonce in a request without the scope openid; oidc-provider rejects it.
  if (!(form.get('scope') ?? '').split(' ').includes('openid')) forwarded.delete('nonce')
  const hint = form.get('id_token_hint')
  const expected = hint === null ? undefined : (await verifyIdTokenHint(exchange, hint)).subject
  // oidc-provider cannot verify the ID tokens, which are signed by the key of the org.
  forwarded.delete('id_token_hint')
  if (isSilent && expected !== undefined) {
    const { accountId } = await exchange.backend.provider.Session.get(ctx)
    // OpenID Connect Core §3.1.2.1: the session must be that of the user in the hint.
    if (accountId !== expected) throw oauthError('login_required')
  }
  ctx.method = 'GET'
  ctx.querystring = forwarded.toString()
  await next()
  // prompt=none cannot be combined with prompt=consent, so it is enforced here.
  if (isSilent && requiresSignIn(ctx)) {
    ctx.remove('Set-Cookie')
    ctx.remove('Location')
    throw oauthError('login_required')
  }
  finishRedirect(exchange)
}

/** Forwards the request that resumes an authorization request after sign-in. */
export async function forwardResume(exchange: Exchange, next: Next): Promise<void> {
  await next()
  finishRedirect(exchange)
}

function requiresSignIn(ctx: Context): boolean {
  return ctx.status === 303 && /\/signin\/[^/]+$/.test(ctx.response.get('location'))
}

/** Okta redirects with 302 instead of 303, and does not send `iss` (RFC 9207) unless `sendIssuer` is set. */
function finishRedirect({ ctx, org }: Exchange): void {
  if (ctx.status !== 303) return
  ctx.status = 302
  const location = ctx.response.get('location')
  if (!URL.canParse(location)) return
  const url = new URL(location)
  if (!url.searchParams.has('code') && !url.searchParams.has('error')) return
  const parameters = new URLSearchParams()
  for (const name of RESPONSE) {
    const value = url.searchParams.get(name)
    if (value !== null && (name !== 'iss' || org.sendIssuer)) parameters.set(name, value)
    url.searchParams.delete(name)
  }
  ctx.remove('Location')
  sendAuthorizationResponse(ctx, { redirectUri: url.href, mode: responseModeOf(ctx), parameters })
}

function responseModeOf(ctx: Context): string {
  const { oidc } = ctx as Partial<Pick<KoaContextWithOIDC, 'oidc'>>
  return String(oidc?.params?.[RESPONSE_MODE] ?? 'query')
}
