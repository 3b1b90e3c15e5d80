import type { AppRegistration } from './apps/app.js'

/**
 * Whether pages of an origin can call the org (guides/enable-cors): the configured origins, and those of single-page apps,
 * which Okta adds when an admin creates the app.
 */
export function isTrusted(origin: string, trusted: Iterable<string>, apps: Iterable<AppRegistration>): boolean {
  for (const one of trusted) if (one === origin) return true
  for (const { kind, redirectUris } of apps) {
    if (kind === 'spa' && redirectUris.some(uri => URL.canParse(uri) && new URL(uri).origin === origin)) return true
  }
  return false
}
