import type { Context } from 'koa'
import type { ActiveFault } from '../faults/faults.js'
import { DOCUMENTATION, escapeHtml, orgHeader, page } from '../html/page.js'
import type { AppRegistration } from '../org/apps/app.js'
import type { Org } from '../org/org.js'
import { form } from './form.js'
import { keysSection } from './keys-section.js'

const ENDPOINTS = ['/oauth2/v1/token', '/oauth2/v1/authorize', '/oauth2/v1/revoke', '/api/v1/users', '/api/*']
const FAULTS = {
  'status=503': 'Respond with 503',
  'status=500': 'Respond with 500',
  'status=429&retryAfterSeconds=5': 'Respond with 429, Retry-After 5 s',
  'drop=true': 'Close connection, not processed',
  'drop=true&afterwards=true': 'Close connection after processing',
  'truncate=true': 'Truncate the response',
  'html=true': 'Respond with an HTML page',
  'huge=true': 'Respond with 64 MiB of JSON',
  'contentType=text/plain': 'Content-Type text/plain',
  'delayMs=5000': 'Delay by 5 s',
  'delayMs=60000': 'Delay by 60 s',
}
const CLOCKS = {
  0: 'System time',
  1000: '1 s ahead',
  [-1000]: '1 s behind',
  600000: '10 min ahead',
  [-600_000]: '10 min behind',
}

/** Shows the control panel. Every control is a form, so it needs no scripts and works with the keyboard. */
export function controlPanelPage(ctx: Context, org: Org): void {
  page(
    ctx,
    'Control panel',
    `<div class="panel">
${orgHeader(org.url.host)}
<h1>Control panel</h1>
<p class="muted">Changes take effect immediately. For the JSON API, see the <a href="${DOCUMENTATION}#control-panel">documentation</a>.</p>
${faultsSection(org.faults.active)}
${orgSection(org)}
${appsSection([...org.apps.values()])}
${keysSection(org)}
${requestsSection()}
</div>`,
  )
  // The live requests are in a frame.
  const policy = String(ctx.response.get('Content-Security-Policy'))
  ctx.set('Content-Security-Policy', `${policy}; frame-src 'self'`)
  // With no-referrer, browsers send no usable Origin header with the forms.
  ctx.set('Referrer-Policy', 'same-origin')
}

function faultsSection(active: readonly ActiveFault[]): string {
  const rows = active.map(
    ({ id, spec, hits }) => `<tr><td><code>${escapeHtml(JSON.stringify(spec))}</code></td><td>${hits}</td>
<td>${form(`/faults/${id}/remove`, `<button class="small">Remove<span class="visually-hidden"> fault ${id}</span></button>`)}</td></tr>`,
  )
  const table = `<table><thead><tr><th>Fault</th><th>Requests</th><th>Actions</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
  return `<section><h2>Faults</h2>
${form(
  '/faults',
  `<div class="row"><div><label for="what">Fault</label><select id="what" name="what">${options(FAULTS)}</select></div>
<div><label for="endpoint">Endpoint</label><input id="endpoint" name="endpoint" list="endpoints" value="/oauth2/v1/token" pattern="/.*" title="A path. {name} matches one segment, * at the end matches the rest.">
<datalist id="endpoints">${ENDPOINTS.map(path => `<option value="${path}">`).join('')}</datalist></div>
<div><label for="times">Number of requests</label><input id="times" name="times" type="number" min="1" placeholder="all"></div>
<button class="small">Add</button></div>`,
)}
${active.length === 0 ? '<p class="muted">No faults are set.</p>' : table}
</section>`
}

function orgSection(org: Org): string {
  const { apiAccessManagement: hasApiAccess } = org.features
  const limits = JSON.stringify({ buckets: { '/api/*': { limit: 5 } } })
  return `<section><h2>Org</h2>
<p>Current time: <code>${new Date(org.clock.now()).toISOString()}</code></p>
<div class="row">
${form('/clock', `<div><label for="offsetMs">Clock</label><select id="offsetMs" name="offsetMs">${options(CLOCKS)}</select></div><button class="small">Set</button>`)}
${form('/clock', '<div><label for="advanceMs">Advance clock by (ms)</label><input id="advanceMs" name="advanceMs" type="number" value="3600000"></div><button class="small">Advance</button>')}
${form('/unreachable', '<div><label for="forMs">Unreachable for (ms)</label><input id="forMs" name="forMs" type="number" min="1" max="600000" value="5000"></div><button class="small">Start outage</button>')}
</div>
<div class="row">
${form('/nonce', '<button class="small secondary">Rotate DPoP nonce</button>')}
${form('/nonce', '<input type="hidden" name="keepPrevious" value="false"><button class="small secondary">Rotate nonce, reject previous ones</button>')}
${form('/features', `<button class="small secondary" name="apiAccessManagement" value="${!hasApiAccess}">Turn API Access Management ${hasApiAccess ? 'off' : 'on'}</button>`)}
${form('/reset', '<button class="small secondary">Reset the org</button>')}
</div>
<p class="muted">To set rate limits: <code>POST /_emulator/rate-limits ${escapeHtml(limits)}</code></p></section>`
}

function appsSection(apps: readonly AppRegistration[]): string {
  const toggle = (
    app: AppRegistration,
    name: 'dpop' | 'adminRole' | 'accessPolicy' | 'active',
    ifTrue: string,
    ifFalse: string,
  ) =>
    form(
      `/clients/${app.clientId}`,
      `<button class="small secondary" name="${name}" value="${!app[name]}">${app[name] ? ifTrue : ifFalse}<span class="visually-hidden"> (${app.clientId})</span></button>`,
    )
  const rows = apps.map(
    app => `<tr><td class="app"><strong>${app.kind}</strong><br><code>${app.clientId}</code></td>
<td>${form(`/clients/${app.clientId}`, `<label class="visually-hidden" for="scopes-${app.clientId}">Scopes of ${app.clientId}</label><textarea id="scopes-${app.clientId}" name="scopes" spellcheck="false" rows="${Math.max(1, app.scopes.length)}">${escapeHtml(app.scopes.join('\n'))}</textarea><button class="small secondary">Save scopes</button>`)}</td>
<td>${toggle(app, 'dpop', 'Stop requiring DPoP', 'Require DPoP')}
${toggle(app, 'adminRole', 'Remove admin role', 'Assign admin role')}
${toggle(app, 'accessPolicy', 'Deny by access policy', 'Allow by access policy')}
${toggle(app, 'active', 'Deactivate', 'Activate')}</td></tr>`,
  )
  return `<section><h2>Apps</h2>
<table><thead><tr><th>App</th><th>Granted scopes</th><th>Actions</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

function requestsSection(): string {
  return `<section><h2>Requests</h2>
<iframe class="live" src="/_emulator/live" title="The latest requests, live"></iframe></section>`
}

function options(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([value, text]) => `<option value="${escapeHtml(value)}">${text}</option>`)
    .join('')
}
