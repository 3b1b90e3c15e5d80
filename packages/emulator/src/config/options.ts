import type { JWK } from 'jose'

/** The four kinds of OIDC app an Okta admin can create. */
export type ClientKind = 'spa' | 'native' | 'web' | 'service'

/**
 * What a refresh token of an app is like: `rotating` (a new one with each refresh, Okta's default for an SPA),
 * `persistent` (the same one until it expires, the default for native and web apps), or `none` (the Refresh Token
 * grant is off, so `offline_access` is refused).
 */
export type RefreshTokenPolicy = 'rotating' | 'persistent' | 'none'

/** An app to register. Only `kind` is needed; the rest is made up in Okta's form. */
export interface ClientConfig {
  readonly kind: ClientKind
  /** 20 characters, as Okta's ids are. Default: a fresh one. */
  readonly clientId?: string | undefined
  /** Web apps have one by default. A service app with a secret is refused `okta.*` scopes, as Okta refuses it. */
  readonly clientSecret?: string | undefined
  /**
   * How a confidential app proves who it is. Default: `client_secret` for a web app, `private_key_jwt` for a service
   * app, or what `jwks` and `clientSecret` tell.
   */
  readonly authentication?: 'client_secret' | 'private_key_jwt' | undefined
  /** The grant types switched on. Default: all that {@link GRANT_TYPES} allows the kind, but for web apps not `client_credentials`. */
  readonly grantTypes?: readonly string[] | undefined
  /** Whether an admin role is assigned to a service app. Without one the API answers 403. Default: true. */
  readonly adminRole?: boolean | undefined
  /** Whether the app is active. Default: true. */
  readonly active?: boolean | undefined
  /** Whether the app requires DPoP (RFC 9449). Default: false. */
  readonly dpop?: boolean | undefined
  /** Compared exactly, port included. Default: `http://localhost:8080/login/callback`; none for a service app. */
  readonly redirectUris?: readonly string[] | undefined
  /** Public keys for `private_key_jwt`. Default for a service app: a fresh pair, its private half in `jwk`. */
  readonly jwks?: { readonly keys: readonly JWK[] } | undefined
  /** Where the public keys are, in the place of `jwks`: read for each assertion. */
  readonly jwksUri?: string | undefined
  /** The `okta.*` scopes granted to the app. Default: {@link DEFAULT_SCOPES}. */
  readonly scopes?: readonly string[] | undefined
  /** Logins of the users assigned to the app. Default: every user whose `assigned` is not false. */
  readonly assignedUsers?: readonly string[] | undefined
  /** Default: `rotating` for an SPA, else `persistent`. */
  readonly refreshTokens?: RefreshTokenPolicy | undefined
  /** Whether a refresh of a persistent token repeats it in the answer. Default: true; RFC 6749 §6 allows both. */
  readonly repeatRefreshToken?: boolean | undefined
}

/** A person who can sign in. Only `login` is needed. */
export interface UserConfig {
  /** The user name, in the form of an e-mail address. */
  readonly login: string
  /** Default: a fresh one. */
  readonly password?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** Whether the user is assigned to the apps that do not list their users. Default: true. */
  readonly assigned?: boolean | undefined
  /** Whether the user is an admin. A token of one who is not gets 403 from the API for admins. Default: true. */
  readonly adminRole?: boolean | undefined
}

/** A static API token (`Authorization: SSWS …`). */
export interface ApiTokenConfig {
  /** Default: a fresh one. */
  readonly value?: string | undefined
  /** Whose rights it has. Default: the first user. */
  readonly login?: string | undefined
}

/** A custom authorization server, at `/oauth2/{id}`. */
export interface AuthorizationServerConfig {
  /** `default`, or an id like `aus1a2b3c4d5e6f7g8h9`. */
  readonly id: string
  /** Default: `api://{id}`. */
  readonly audience?: string | undefined
  /** Its own scopes, besides OpenID's. */
  readonly scopes?: readonly string[] | undefined
  /** What a client credentials request without `scope` gets. Default: none, so that it is refused. */
  readonly defaultScopes?: readonly string[] | undefined
  /** Client ids that its access policy lets through. Default: all. */
  readonly clients?: readonly string[] | undefined
  /** Default: 3600. */
  readonly accessTokenLifetimeSeconds?: number | undefined
  /** How long a refresh token lives without use. Default: seven days. */
  readonly refreshTokenIdleSeconds?: number | undefined
}

/** How the clock of an org differs from the machine's. */
export interface ClockSetting {
  /** How far it is ahead of the machine's, in milliseconds; behind when negative. Default: 0. */
  readonly offsetMs?: number | undefined
  /** The instant at which it stands still. Only {@link Clock.advance} moves it then. */
  readonly fixedAt?: Date | string | undefined
}

/** What one bucket takes. */
export interface RateLimitBucket {
  /** Requests in a window. Default: as many as come. */
  readonly limit?: number | undefined
  /** Default: 60. */
  readonly windowSeconds?: number | undefined
  /** Requests at the same time. Default: as many as come. */
  readonly concurrency?: number | undefined
  /** Whether each client, address and device has a bucket of its own, as at `/authorize`. Default: false. */
  readonly perClient?: boolean | undefined
}

/** The rate limits of an org. */
export interface RateLimitConfig {
  /** By path, as `/api/v1/users/{id}` or `/oauth2/*`; the first that matches counts. */
  readonly buckets?: Readonly<Record<string, RateLimitBucket>> | undefined
  /** Whether the headers come twice, which clients read as `60, 60`. Default: false. */
  readonly doubledHeaders?: boolean | undefined
}

/** How to set up an emulated org. Everything has a default. */
export interface EmulatorOptions {
  /** The port on 127.0.0.1. Default: 0, a free one. */
  readonly port?: number | undefined
  /** The org's public origin, when a proxy that ends TLS stands in front. Default: the address listened on. */
  readonly orgUrl?: URL | string | undefined
  /** Certificate and private key, both PEM text: the emulator then answers by HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** Default: an SPA, a native app, a web app, a service app and a service app with DPoP. */
  readonly clients?: readonly ClientConfig[] | undefined
  /** Default: two users who are assigned to the apps and one who is not. */
  readonly users?: readonly UserConfig[] | undefined
  /** How many further people the directory holds, to page through. They cannot sign in. Default: 25. */
  readonly people?: number | undefined
  /** Custom authorization servers. Default: none. */
  readonly authorizationServers?: readonly AuthorizationServerConfig[] | undefined
  /** Static API tokens. Default: one, of the first user. */
  readonly apiTokens?: readonly ApiTokenConfig[] | undefined
  /** How much the org takes. Default: it tells a limit in its headers and enforces none. */
  readonly rateLimits?: RateLimitConfig | undefined
  /** How its clock differs from the machine's. Default: not. */
  readonly clock?: ClockSetting | undefined
  /**
   * Makes ids, keys, secrets, tokens and nonces the same at each start (give `port` or `orgUrl` too, they are part of
   * what is signed). Default: none, they are fresh.
   */
  readonly seed?: string | undefined
  /** Life of an access token of the org's own authorization server. Default: 3600, the one hour that Okta gives. */
  readonly tokenLifetimeSeconds?: number | undefined
  /** How long a rotated refresh token still works, 0 to 60. Default: 30, Okta's own. */
  readonly refreshGraceSeconds?: number | undefined
  /** Whether authorization responses carry `iss` (RFC 9207). Okta does not document it. Default: false. */
  readonly sendIssuer?: boolean | undefined
  /** Whether a DPoP proof that the app did not have to send binds the token all the same. Default: false. */
  readonly bindUnaskedProofs?: boolean | undefined
}

/** The `okta.*` scopes an app is granted unless its configuration says which. */
export const DEFAULT_SCOPES: readonly string[] = ['okta.users.read', 'okta.users.manage', 'okta.groups.read']

/** The grant type of the device flow (RFC 8628 §3.4). */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

/** Which grant types an admin can switch on for each kind of app. */
export const GRANT_TYPES: Readonly<Record<ClientKind, readonly string[]>> = {
  spa: ['authorization_code', 'refresh_token'],
  native: ['authorization_code', 'refresh_token', DEVICE_CODE],
  web: ['authorization_code', 'refresh_token', 'client_credentials'],
  service: ['client_credentials'],
}

/** The redirect URI that Okta suggests for a new app. */
export const DEFAULT_REDIRECT_URI = 'http://localhost:8080/login/callback'

/** The apps of an org that was not told which to have. */
export const DEFAULT_CLIENTS: readonly ClientConfig[] = [
  { kind: 'spa' },
  { kind: 'native' },
  { kind: 'web' },
  { kind: 'service' },
  { kind: 'service', dpop: true },
]

/** The people who can sign in to an org that was not told whom to have. The last is assigned to no app. */
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
