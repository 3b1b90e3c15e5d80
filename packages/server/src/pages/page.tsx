import { createHash } from 'node:crypto'
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppContext } from '../app-env.js'
import { style } from './style.js'

const styleHash = createHash('sha256').update(style).digest('base64')

/** A page, and what it may do. */
export interface Page {
  readonly title: string
  readonly content: Child
  readonly status?: ContentfulStatusCode
  /** Whom its forms may lead to, besides the broker: a browser holds redirects of a form to it too. */
  readonly leadsTo?: URL
}

/** Sends a page: it runs no script but the broker's own file, loads nothing, and stands in no frame. */
export async function sendPage(c: AppContext, { title, content, status = 200, leadsTo }: Page): Promise<Response> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "script-src 'self'",
    `form-action 'self'${leadsTo === undefined ? '' : ` ${leadsTo.origin}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  const headers = {
    'content-security-policy': policy,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // Not no-referrer: a form would come without its origin.
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
        <script src="/assets/copy.js" defer></script>
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
