import type { Context } from 'koa'
import { escapeHtml, page } from '../html/page.js'
import type { LoggedRequest } from '../http/request-log.js'
import type { Org } from '../org/org.js'

const MAX_SHOWN = 50
const REFRESH_SECONDS = 2

/** Shows the latest requests, the newest first. The page loads itself again every two seconds, until it is paused. */
export function liveRequests(ctx: Context, { log }: Org): void {
  const isPaused = ctx.query.paused !== undefined
  const shown = log.entries.slice(-MAX_SHOWN).reverse()
  const summary =
    shown.length === 0
      ? 'No requests yet.'
      : `The latest ${shown.length} of ${log.entries.length} requests. Secrets are masked.`
  const control = isPaused ? '<a href="/_emulator/live">Resume</a>' : '<a href="/_emulator/live?paused=1">Pause</a>'
  page(
    ctx,
    'Requests',
    `<div class="panel bare">
<p class="muted" role="status">${summary} ${isPaused ? 'Paused.' : 'Live.'} ${control}</p>
${shown.length === 0 ? '' : table(shown)}
</div>`,
  )
  ctx.set(
    'Content-Security-Policy',
    String(ctx.response.get('Content-Security-Policy')).replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
  )
  if (!isPaused) ctx.set('Refresh', String(REFRESH_SECONDS))
}

function table(entries: readonly LoggedRequest[]): string {
  return `<table class="requests"><thead><tr><th>Time</th><th>Status</th><th>Request</th><th>Error or fault</th></tr></thead><tbody>${entries.map(row).join('')}</tbody></table>`
}

function row({ time, durationMs, status, method, path, query, form, error, fault }: LoggedRequest): string {
  const parameters = Object.entries({ ...query, ...form }).map(
    ([name, value]) => `<div class="parameter">${escapeHtml(name)}=${escapeHtml(value)}</div>`,
  )
  return `<tr><td><time datetime="${time}">${time.slice(11, 23)}</time> <span class="muted">${durationMs} ms</span></td>
<td><strong>${status === 0 ? 'closed' : status}</strong></td><td>${method} <code>${escapeHtml(path)}</code>${parameters.join('')}</td>
<td>${escapeHtml(fault ?? error ?? '')}</td></tr>`
}
