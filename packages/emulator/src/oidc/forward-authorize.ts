import type { Context, Next } from 'koa'
import { OauthError } from '../http/errors.js'
import type { Exchange } from '../http/exchange.js'

/**
 * Lets oidc-provider answer an authorization request. It drops `offline_access` unless consent is asked for
 * (OpenID Connect Core §11), Okta does not, so that consent is asked for in the app's name; no one is shown anything.
 */
export async function forwardAuthorize(exchange: Exchange, next: Next): Promise<void> {
  const { ctx, form } = exchange
  const asked = (form.get('prompt') ?? '').split(' ').filter(prompt => prompt !== '')
  const isSilent = asked.length === 1 && asked[0] === 'none'
  const judged = new URLSearchParams(form)
  judged.set('prompt', isSilent ? 'consent' : [...new Set([...asked, 'consent'])].join(' '))
  // Okta ignores a nonce where no ID token is asked for; oidc-provider refuses it.
  if (!(form.get('scope') ?? '').split(' ').includes('openid')) judged.delete('nonce')
  // Our ID tokens are not signed by a key of oidc-provider's; Okta needs no hint to know its session.
  judged.delete('id_token_hint')
  ctx.querystring = judged.toString()
  await next()
  // prompt=none cannot stand beside prompt=consent, so what it forbids is seen here.
  if (isSilent && asksForSignIn(ctx)) {
    ctx.remove('Set-Cookie')
    throw new OauthError('login_required', 'The client specified not to prompt, but the user is not logged in.')
  }
  finishRedirect(exchange)
}

/** Lets oidc-provider go on with an authorization request after a sign-in. */
export async function forwardResume(exchange: Exchange, next: Next): Promise<void> {
  await next()
  finishRedirect(exchange)
}

function asksForSignIn(ctx: Context): boolean {
  return ctx.status === 303 && /\/signin\/[^/]+$/.test(ctx.response.get('location'))
}

/** Okta answers with 302 where oidc-provider says 303, and does not send `iss` (RFC 9207), unless told to here. */
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
