import { createHash } from 'node:crypto'
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppContext } from '../app-env.js'
import { style } from './style.js'

const styleHash = createHash('sha256').update(style).digest('base64')

/** The content of a page. */
export interface Page {
  readonly title: string
  readonly content: Child
  readonly status?: ContentfulStatusCode
  /** Another origin that its forms may redirect to: `form-action` applies to redirects too. */
  readonly formTarget?: URL
}

/** Sends a page that runs only the broker's own script, loads nothing else, and cannot be framed. */
export async function sendPage(c: AppContext, { title, content, status = 200, formTarget }: Page): Promise<Response> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "script-src 'self'",
    `form-action 'self'${formTarget === undefined ? '' : ` ${formTarget.origin}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  const headers = {
    'content-security-policy': policy,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // Not no-referrer: forms would be sent with the origin null.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  }
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title} · Connect-Okta</title>
        <style>{raw(style)}</style>
        <script src="/assets/page.js" defer></script>
      </head>
      <body>
        <header>
          <a href="/">Connect-Okta</a>
        </header>
        <main>
          <h1>{title}</h1>
          {content}
        </main>
      </body>
    </html>
  )
  return c.html(raw(`<!doctype html>${await page.toString()}`), status, headers)
}
