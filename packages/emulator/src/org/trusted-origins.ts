import type { AppRegistration } from './apps/app.js'

/** An origin whose pages can call the org, or to which the org can redirect (guides/enable-cors). */
export interface TrustedOrigin {
  readonly id: string
  readonly name: string
  readonly origin: string
  readonly scopes: readonly { readonly type: 'CORS' | 'REDIRECT' | 'IFRAME_EMBED' }[]
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly created: Date
  readonly createdBy: string
  readonly lastUpdated: Date
  readonly lastUpdatedBy: string
  readonly isDeleted: boolean
}

/**
 * Whether pages of an origin can call the org: the active trusted origins of the type CORS, and the origins of single-page
 * apps, which Okta adds when an admin creates the app.
 */
export function isTrusted(origin: string, trusted: Iterable<TrustedOrigin>, apps: Iterable<AppRegistration>): boolean {
  for (const { origin: one, scopes, status, isDeleted } of trusted) {
    const isCors = status === 'ACTIVE' && !isDeleted && scopes.some(({ type }) => type === 'CORS')
    if (isCors && one === origin) return true
  }
  for (const { kind, redirectUris } of apps) {
    if (kind === 'spa' && redirectUris.some(uri => URL.canParse(uri) && new URL(uri).origin === origin)) return true
  }
  return false
}
