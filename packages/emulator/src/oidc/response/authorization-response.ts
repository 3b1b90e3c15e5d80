import type { Context } from 'koa'
import { escapeHtml, scriptedPage } from '../../html/page.js'

/** An authorization response: its parameters, and how the app wants to receive them. */
export interface AuthorizationResponse {
  readonly redirectUri: string
  /** `query`, `fragment`, `form_post` or `okta_post_message`. */
  readonly mode: string
  readonly parameters: URLSearchParams
}

/**
 * Sends an authorization response (OAuth 2.0 Multiple Response Type Encoding Practices §2.1, OAuth 2.0 Form Post Response
 * Mode). `okta_post_message` is Okta's own: a page that sends the parameters to the window that opened or embeds it.
 */
export function sendAuthorizationResponse(
  ctx: Context,
  { redirectUri, mode, parameters }: AuthorizationResponse,
): void {
  if (mode === 'form_post') formPost(ctx, redirectUri, parameters)
  else if (mode === 'okta_post_message') postMessage(ctx, redirectUri, parameters)
  else redirect(ctx, new URL(redirectUri), mode, parameters)
}

function redirect(ctx: Context, target: URL, mode: string, parameters: URLSearchParams): void {
  if (mode === 'fragment') target.hash = parameters.toString()
  else for (const [name, value] of parameters) target.searchParams.set(name, value)
  ctx.set('referrer-policy', 'no-referrer')
  ctx.status = 302
  ctx.redirect(target.href)
}

function formPost(ctx: Context, redirectUri: string, parameters: URLSearchParams): void {
  const inputs = [...parameters].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  const { origin } = new URL(redirectUri)
  scriptedPage(ctx, {
    title: 'Continue to the app',
    main: `<form method="post" action="${escapeHtml(redirectUri)}">${inputs.join('')}<noscript><button type="submit">Continue</button></noscript></form>`,
    script: 'document.forms[0].submit()',
    policy: `form-action ${origin}; frame-ancestors ${origin}`,
  })
}

function postMessage(ctx: Context, redirectUri: string, parameters: URLSearchParams): void {
  const { origin } = new URL(redirectUri)
  const [message, target] = [Object.fromEntries(parameters), origin].map(value =>
    JSON.stringify(value).replace(/</g, '\\u003c'),
  )
  scriptedPage(ctx, {
    title: 'Continue to the app',
    main: '<p role="status">You can close this page.</p>',
    script: `(window.opener ?? window.parent).postMessage(${message}, ${target})`,
    policy: `frame-ancestors ${origin}`,
  })
}
