import { escapeHtml } from '../html/page.js'
import type { AppRegistration } from '../org/apps/app.js'
import type { Org } from '../org/org.js'
import { form } from './form.js'

/** The public keys of the apps that authenticate with `private_key_jwt`: saved in the org, or at a URL. */
export function keysSection(org: Org): string {
  const rows = [...org.apps.values()]
    .filter(app => app.authentication === 'private_key_jwt')
    .map(app => keysRow(org, app))
  return `<section><h2>Public keys</h2>
${cacheForms(org)}
<table><thead><tr><th>App</th><th>Keys</th><th>URL</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

function keysRow(org: Org, app: AppRegistration): string {
  const { clientId, kind, jwksUri = '' } = app
  const id = `jwks-uri-${clientId}`
  return `<tr><td class="app"><strong>${kind}</strong><br><code>${clientId}</code></td>
<td>${jwksUri === '' ? savedKeys(app) : fetchedKeys(org, jwksUri)}</td>
<td>${form(`/clients/${clientId}`, `<label class="visually-hidden" for="${id}">URL of the keys of ${clientId}</label><input id="${id}" name="jwksUri" type="url" required placeholder="https://example.com/jwks.json" value="${escapeHtml(jwksUri)}"><button class="small secondary">Save URL</button>`)}</td></tr>`
}

function savedKeys(app: AppRegistration): string {
  const keys = app.savedKeys.map(
    ({ jwk, status }) => `<code>${escapeHtml(jwk.kid ?? '(no kid)')}</code>${status === 'ACTIVE' ? '' : ' (inactive)'}`,
  )
  return keys.length === 0 ? '<span class="muted">No saved keys</span>' : keys.join('<br>')
}

function fetchedKeys({ jwksCache }: Org, jwksUri: string): string {
  const cached = jwksCache.find(jwksUri)
  if (cached === undefined) return '<span class="muted">Not fetched yet</span>'
  const kids = cached.keys.map(({ kid }) => `<code>${escapeHtml(String(kid))}</code>`)
  return `${kids.join('<br>')}<br><span class="muted">Fetched ${cached.fetchedAt.toISOString()}</span>`
}

function cacheForms({ jwksCache }: Org): string {
  const { maxAgeSeconds, refreshOnUnknownKid } = jwksCache.setting
  const refresh = (value: boolean, text: string) =>
    `<option value="${value}"${value === refreshOnUnknownKid ? ' selected' : ''}>${text}</option>`
  return `<div class="row">
${form(
  '/jwks-cache',
  `<div><label for="maxAgeSeconds">Cache keys at a URL for (s)</label><input id="maxAgeSeconds" name="maxAgeSeconds" type="number" min="0" value="${maxAgeSeconds}"></div>
<div><label for="refreshOnUnknownKid">If the kid is unknown</label><select id="refreshOnUnknownKid" name="refreshOnUnknownKid">${refresh(false, 'Reject')}${refresh(true, 'Fetch the keys again')}</select></div><button class="small">Set</button>`,
)}
${form('/jwks-cache/clear', '<button class="small secondary">Delete cached keys</button>')}
</div>
<p class="muted">Okta does not document how long it caches keys at a URL. These settings are inferred. When you set a URL, the saved keys of the app are deleted.</p>`
}
