import type { Context } from 'koa'
import { escapeHtml, orgHeader, page } from './page.js'

/** Shows an error that cannot be sent to an app. The caller sets the status. */
export function errorPage(ctx: Context, error: string, description = ''): void {
  page(
    ctx,
    `Error: ${error}`,
    `${orgHeader(ctx.host)}
<h1>Your request resulted in an error.</h1>
<p class="alert" role="alert"><strong>${escapeHtml(error)}</strong><br>${escapeHtml(description)}</p>`,
  )
}
