import type { ClientConfig, ClientKind, UserConfig } from './options.js'

/** The default of the `okta.*` scopes that are granted to an app. */
export const DEFAULT_SCOPES: readonly string[] = ['okta.users.read', 'okta.users.manage', 'okta.groups.read']

/** The grant type of the device flow (RFC 8628 §3.4). */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * The grant types that an admin can enable for each kind of app. The emulator stores `implicit`, and rejects its response
 * types at `/authorize`.
 */
export const GRANT_TYPES: Readonly<Record<ClientKind, readonly string[]>> = {
  spa: ['authorization_code', 'refresh_token', 'implicit'],
  native: ['authorization_code', 'refresh_token', DEVICE_CODE, 'implicit'],
  web: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'],
  service: ['client_credentials'],
}

/** The redirect URI that Okta suggests for a new app. */
export const DEFAULT_REDIRECT_URI = 'http://localhost:8080/login/callback'

/** The apps of an org without the `clients` option. */
export const DEFAULT_CLIENTS: readonly ClientConfig[] = [
  { kind: 'spa' },
  { kind: 'native' },
  { kind: 'web' },
  { kind: 'service' },
  { kind: 'service', dpop: true },
]

/** The users of an org without the `users` option. The last one is not assigned to any app. */
export const DEFAULT_USERS: readonly UserConfig[] = [
  { login: 'ada.lovelace@example.com', password: 'analytical-engine-1843', firstName: 'Ada', lastName: 'Lovelace' },
  { login: 'grace.hopper@example.com', password: 'nanosecond-wire-1952', firstName: 'Grace', lastName: 'Hopper' },
  {
    login: 'no.apps@example.com',
    password: 'assigned-to-nothing-0',
    firstName: 'Norman',
    lastName: 'Appless',
    assigned: false,
  },
]
