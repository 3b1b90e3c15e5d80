import type { Context } from 'koa'
import type { ActiveFault } from '../faults/faults.js'
import { escapeHtml, orgLine, page } from '../html/page.js'
import type { LoggedRequest } from '../http/request-log.js'
import type { AppRegistration } from '../org/app.js'
import type { Org } from '../org/org.js'

const MOST_SHOWN = 50
const ENDPOINTS = ['/oauth2/v1/token', '/oauth2/v1/authorize', '/oauth2/v1/revoke', '/api/v1/users', '/api/*']
const FAULTS = {
  'status=503': 'answer 503',
  'status=500': 'answer 500',
  'status=429&retryAfterSeconds=5': 'answer 429, Retry-After 5 s',
  'drop=true': 'drop the connection, request unseen',
  'drop=true&afterwards=true': 'drop the connection, work done',
  'truncate=true': 'cut the answer in half',
  'html=true': 'answer with a page of HTML',
  'huge=true': 'answer without end (64 MiB)',
  'contentType=text/plain': 'say text/plain',
  'delayMs=5000': 'wait 5 s',
  'delayMs=60000': 'wait 60 s',
}
const CLOCKS = {
  0: 'right',
  1000: '1 s ahead',
  [-1000]: '1 s behind',
  600000: '10 min ahead',
  [-600_000]: '10 min behind',
}

/** The page of the switchboard: everything is a form, so that it needs no script and works by keyboard. */
export function boardPage(ctx: Context, org: Org): void {
  page(
    ctx,
    'Switchboard',
    `<div class="board">
${orgLine(org.url.host)}
<h1>Switchboard</h1>
<p class="quiet">What is set here counts at once. The same by JSON: see docs/emulator.md.</p>
${faultsPart(org.faults.active)}
${orgPart(org)}
${clientsPart([...org.apps.values()])}
${requestsPart(org.log.entries)}
</div>`,
  )
  // With no-referrer a browser would not say which page its forms come from.
  ctx.set('Referrer-Policy', 'same-origin')
}

function faultsPart(active: readonly ActiveFault[]): string {
  const rows = active.map(
    ({ id, spec, hits }) => `<tr><td><code>${escapeHtml(JSON.stringify(spec))}</code></td><td>${hits}</td>
<td>${form(`/faults/${id}/remove`, `<button class="small">Remove<span class="unseen"> fault ${id}</span></button>`)}</td></tr>`,
  )
  const table = `<table><thead><tr><th>Fault</th><th>Hits</th><th>Change</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
  return `<section><h2>Faults</h2>
${form(
  '/faults',
  `<div class="row"><div><label for="what">What goes wrong</label><select id="what" name="what">${options(FAULTS)}</select></div>
<div><label for="endpoint">Where</label><input id="endpoint" name="endpoint" list="endpoints" value="/oauth2/v1/token" pattern="/.*" title="a path; {name} is one segment, * at the end any rest">
<datalist id="endpoints">${ENDPOINTS.map(path => `<option value="${path}">`).join('')}</datalist></div>
<div><label for="times">How often</label><input id="times" name="times" type="number" min="1" placeholder="until removed"></div>
<button class="small">Add</button></div>`,
)}
${active.length === 0 ? '<p class="quiet">Nothing is set to go wrong.</p>' : table}
</section>`
}

function orgPart(org: Org): string {
  const limits = JSON.stringify({ buckets: { '/api/*': { limit: 5 } } })
  return `<section><h2>Org</h2>
<p>Its clock says <code>${new Date(org.clock.now()).toISOString()}</code>.</p>
<div class="row">
${form('/clock', `<div><label for="offsetMs">Clock</label><select id="offsetMs" name="offsetMs">${options(CLOCKS)}</select></div><button class="small">Set</button>`)}
${form('/clock', '<div><label for="advanceMs">Let time pass (ms)</label><input id="advanceMs" name="advanceMs" type="number" value="3600000"></div><button class="small">Pass</button>')}
${form('/unreachable', '<div><label for="forMs">Unreachable for (ms)</label><input id="forMs" name="forMs" type="number" min="1" max="600000" value="5000"></div><button class="small">Go away</button>')}
</div>
<div class="row">
${form('/nonce', '<button class="small second">New DPoP nonce</button>')}
${form('/nonce', '<input type="hidden" name="keepPrevious" value="false"><button class="small second">New DPoP nonce, refuse older ones</button>')}
${form('/reset', '<button class="small second">Reset everything</button>')}
</div>
<p class="quiet">Rate limits by JSON: <code>POST /_emulator/rate-limits ${escapeHtml(limits)}</code></p></section>`
}

function clientsPart(apps: readonly AppRegistration[]): string {
  const toggle = (app: AppRegistration, name: 'dpop' | 'adminRole' | 'active', on: string, off: string) =>
    form(
      `/clients/${app.clientId}`,
      `<button class="small second" name="${name}" value="${!app[name]}">${app[name] ? on : off}<span class="unseen"> (${app.clientId})</span></button>`,
    )
  const rows = apps.map(
    app => `<tr><td class="app"><strong>${app.kind}</strong><br><code>${app.clientId}</code></td>
<td>${form(`/clients/${app.clientId}`, `<label class="unseen" for="scopes-${app.clientId}">Scopes of ${app.clientId}</label><input id="scopes-${app.clientId}" name="scopes" value="${escapeHtml(app.scopes.join(' '))}"><button class="small second">Grant these</button>`)}</td>
<td>${toggle(app, 'dpop', 'Stop requiring DPoP', 'Require DPoP')}
${toggle(app, 'adminRole', 'Take admin role', 'Give admin role')}
${toggle(app, 'active', 'Deactivate', 'Activate')}</td></tr>`,
  )
  return `<section><h2>Apps</h2>
<table><thead><tr><th>App</th><th>Granted scopes</th><th>Change</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

function requestsPart(entries: readonly LoggedRequest[]): string {
  const rows = entries
    .slice(-MOST_SHOWN)
    .reverse()
    .map(
      ({ method, path, status, error, fault, form: sent }) =>
        `<tr><td>${status}</td><td>${method} <code>${escapeHtml(path)}</code></td><td>${escapeHtml(fault ?? error ?? '')}</td><td>${escapeHtml(new URLSearchParams(sent).toString())}</td></tr>`,
    )
  if (rows.length === 0) return '<section><h2>Requests</h2><p class="quiet">None yet.</p></section>'
  return `<section><h2>Requests</h2><p class="quiet">The newest ${rows.length} of ${entries.length}, secrets masked.</p>
<table><thead><tr><th>Status</th><th>Request</th><th>Error</th><th>Form</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

function form(path: string, content: string): string {
  return `<form method="post" action="/_emulator${path}">${content}</form>`
}

function options(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([value, text]) => `<option value="${escapeHtml(value)}">${text}</option>`)
    .join('')
}
