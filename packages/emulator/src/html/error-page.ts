import type { Context } from 'koa'
import { escapeHtml, orgLine, page } from './page.js'

/** Tells a person that a request went wrong before there was an app to tell. The status is the caller's to set. */
export function errorPage(ctx: Context, error: string, description = ''): void {
  page(
    ctx,
    `Error: ${error}`,
    `${orgLine(ctx.host)}
<h1>Your request resulted in an error.</h1>
<p class="alert" role="alert"><strong>${escapeHtml(error)}</strong><br>${escapeHtml(description)}</p>`,
  )
}
