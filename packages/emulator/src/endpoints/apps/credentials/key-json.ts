import type { AppRegistration } from '../../../org/apps/app.js'
import type { SavedKey } from '../../../org/apps/saved-keys.js'

/** A key in the format of the apps keys API (guides/client-secret-rotation-key, Postman collection). */
export function keyJson(orgUrl: URL, { clientId }: AppRegistration, key: SavedKey): object {
  const self = new URL(`/api/v1/apps/${clientId}/credentials/jwks/${key.id}`, orgUrl).href
  return {
    ...keySettings(key),
    created: key.created.toISOString(),
    lastUpdated: key.lastUpdated.toISOString(),
    _links:
      key.status === 'ACTIVE'
        ? { deactivate: link(`${self}/lifecycle/deactivate`, 'POST') }
        : { activate: link(`${self}/lifecycle/activate`, 'POST'), delete: link(self, 'DELETE') },
  }
}

/** A key in the settings of an app, in the order of recorded keys. */
export function keySettings({ id, jwk, status }: SavedKey): object {
  const { kty, kid, use = null, alg, e, n, x, y, crv, ...others } = jwk
  return { kty, id, status, kid, use, ...(alg !== undefined && { alg }), e, n, x, y, crv, ...others }
}

function link(href: string, method: string): object {
  return { href, hints: { allow: [method] } }
}
