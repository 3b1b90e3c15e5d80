import type { Context, Next } from 'koa'
import { OauthError } from '../http/errors.js'
import type { Exchange } from '../http/exchange.js'

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
  // Okta ignores a nonce in a request without the scope openid; oidc-provider rejects it.
  if (!(form.get('scope') ?? '').split(' ').includes('openid')) forwarded.delete('nonce')
  // oidc-provider cannot verify the ID tokens, which are signed by the key of the org.
  forwarded.delete('id_token_hint')
  ctx.querystring = forwarded.toString()
  await next()
  // prompt=none cannot be combined with prompt=consent, so it is enforced here.
  if (isSilent && requiresSignIn(ctx)) {
    ctx.remove('Set-Cookie')
    throw new OauthError('login_required', 'The client specified not to prompt, but the user is not logged in.')
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
  if (org.sendIssuer || !URL.canParse(location)) return
  const url = new URL(location)
  const isResponse = (parameters: URLSearchParams) => parameters.has('code') || parameters.has('error')
  const fragment = new URLSearchParams(url.hash.slice(1))
  if (isResponse(url.searchParams)) url.searchParams.delete('iss')
  if (isResponse(fragment)) {
    fragment.delete('iss')
    url.hash = fragment.toString()
  }
  ctx.set('Location', url.href)
}
