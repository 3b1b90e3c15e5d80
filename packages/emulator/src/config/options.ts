import type { PublicKeys } from '../keys/public-keys.js'

/** The four kinds of OIDC app that an Okta admin can create. */
export type ClientKind = 'spa' | 'native' | 'web' | 'service'

/**
 * How an app uses refresh tokens: `rotating` (each refresh returns a new one, the default for an SPA), `persistent`
 * (the token stays the same until it expires, the default for native and web apps), or `none` (the Refresh Token grant
 * is off, so `offline_access` is rejected).
 */
export type RefreshTokenPolicy = 'rotating' | 'persistent' | 'none'

/** An app to register. Only `kind` is required; everything else has a default. */
export interface ClientConfig {
  readonly kind: ClientKind
  /** The name of the app. Default: `Emulated {kind} app`. */
  readonly label?: string | undefined
  /** 20 letters or digits, like an Okta ID. Default: generated. */
  readonly clientId?: string | undefined
  /** Default for a web app: generated. As in Okta, a service app with a secret gets no `okta.*` scopes. */
  readonly clientSecret?: string | undefined
  /**
   * How a confidential app authenticates. Default: `private_key_jwt` with `jwks` or `jwksUri`, `client_secret` with
   * `clientSecret`, otherwise `client_secret` for a web app and `private_key_jwt` for a service app.
   */
  readonly authentication?: 'client_secret' | 'private_key_jwt' | undefined
  /** The enabled grant types. Default: all that {@link GRANT_TYPES} lists for the kind, except `client_credentials` for a web app. */
  readonly grantTypes?: readonly string[] | undefined
  /** Whether an admin role is assigned to a service app. Without one the API responds with 403. Default: true. */
  readonly adminRole?: boolean | undefined
  /** Whether the access policies of custom authorization servers allow the app. Default: true. */
  readonly accessPolicy?: boolean | undefined
  /** Whether the app is active. Default: true. */
  readonly active?: boolean | undefined
  /** Whether the app requires DPoP (RFC 9449). Default: false. */
  readonly dpop?: boolean | undefined
  /** They must match exactly, including the port. Default: `http://localhost:8080/login/callback`; none for a service app. */
  readonly redirectUris?: readonly string[] | undefined
  /**
   * Public keys for `private_key_jwt`: a JWKS, a JWK, or the text of a JWKS, a JWK, or a public key or certificate in PEM
   * format. Default for a service app: a generated key pair, with the private key in `jwk`.
   */
  readonly jwks?: PublicKeys | undefined
  /**
   * The URL of the public keys, as an alternative to `jwks`: `https`, or `http` on this machine. It is fetched when an
   * assertion arrives, and cached (see {@link JwksCacheSetting}).
   */
  readonly jwksUri?: string | undefined
  /** The `okta.*` scopes granted to the app. Default: {@link DEFAULT_SCOPES}. */
  readonly scopes?: readonly string[] | undefined
  /** Logins of the users assigned to the app. Default: every user whose `assigned` is not false. */
  readonly assignedUsers?: readonly string[] | undefined
  /** They must match exactly. Default: the origin of the first redirect URI; none for a service app. */
  readonly postLogoutRedirectUris?: readonly string[] | undefined
  /** Default: `rotating` for an SPA, otherwise `persistent`. */
  readonly refreshTokens?: RefreshTokenPolicy | undefined
  /** Whether the response to a refresh repeats a persistent refresh token. Default: true; RFC 6749 §6 allows both. */
  readonly repeatRefreshToken?: boolean | undefined
}

/** The status of a user (concepts/user-profiles). */
export type UserStatus =
  | 'STAGED'
  | 'PROVISIONED'
  | 'ACTIVE'
  | 'RECOVERY'
  | 'PASSWORD_EXPIRED'
  | 'LOCKED_OUT'
  | 'SUSPENDED'
  | 'DEPROVISIONED'

/** A group of users. Only `name` is required. */
export interface GroupConfig {
  readonly name: string
  /** 20 letters or digits, like an Okta ID. Default: generated. */
  readonly id?: string | undefined
  readonly description?: string | undefined
  /** Default: `OKTA_GROUP`. */
  readonly type?: 'OKTA_GROUP' | 'BUILT_IN' | 'APP_GROUP' | undefined
  /** The logins of its users. Default: none. */
  readonly members?: readonly string[] | undefined
}

/** A user with a password. Only `login` is required. */
export interface UserConfig {
  /** The username, in the format of an email address. */
  readonly login: string
  /** 20 letters or digits, like an Okta ID. Default: generated. */
  readonly id?: string | undefined
  /** Default: generated. */
  readonly password?: string | undefined
  /** Default: `ACTIVE`. */
  readonly status?: UserStatus | undefined
  /** Other attributes of the profile, for example `department`. An attribute that is not in Okta's default profile becomes a custom attribute of the org. */
  readonly profile?: Readonly<Record<string, unknown>> | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** Whether the user is assigned to the apps without `assignedUsers`. Default: true. */
  readonly assigned?: boolean | undefined
  /** Whether the user is an admin. Without the role, admin endpoints of the API respond with 403. Default: true. */
  readonly adminRole?: boolean | undefined
}

/** A static API token (`Authorization: SSWS …`). */
export interface ApiTokenConfig {
  /** Default: generated. */
  readonly value?: string | undefined
  /** The login of the user that the token belongs to. Default: the first user. */
  readonly login?: string | undefined
}

/** A custom authorization server, at `/oauth2/{id}`. */
export interface AuthorizationServerConfig {
  /** `default`, or an ID such as `aus1a2b3c4d5e6f7g8h9`. */
  readonly id: string
  /** Default: `api://{id}`. */
  readonly audience?: string | undefined
  /** The custom scopes, in addition to the OpenID Connect scopes. */
  readonly scopes?: readonly string[] | undefined
  /** The scopes of a client credentials request without `scope`. Default: none, so that the request is rejected. */
  readonly defaultScopes?: readonly string[] | undefined
  /** IDs of the clients that the access policy allows. Default: all. */
  readonly clients?: readonly string[] | undefined
  /** Default: 3600. */
  readonly accessTokenLifetimeSeconds?: number | undefined
  /** How long a refresh token stays valid without use. Default: seven days. */
  readonly refreshTokenIdleSeconds?: number | undefined
}

/** The clock of an org. */
export interface ClockSetting {
  /** Offset from the system clock in milliseconds. A negative offset sets the clock back. Default: 0. */
  readonly offsetMs?: number | undefined
  /** Stops the clock at this time. Only `advanceClock` moves it then. */
  readonly fixedAt?: Date | string | undefined
}

/** The limits of one bucket. */
export interface RateLimitBucket {
  /** Maximum number of requests in a window. Default: unlimited. */
  readonly limit?: number | undefined
  /** Length of the window. Default: 60. */
  readonly windowSeconds?: number | undefined
  /** Maximum number of concurrent requests. Default: unlimited. */
  readonly concurrency?: number | undefined
  /** Whether each client, IP address and device has its own bucket, as at `/authorize`. Default: false. */
  readonly perClient?: boolean | undefined
}

/** The rate limits of an org. */
export interface RateLimitConfig {
  /** By path, for example `/api/v1/users/{id}` or `/oauth2/*`. The first match is used. */
  readonly buckets?: Readonly<Record<string, RateLimitBucket>> | undefined
  /** Whether each header is sent twice, which clients read as `60, 60`. Default: false. */
  readonly doubledHeaders?: boolean | undefined
}

/**
 * How long the key set at a `jwksUri` is cached. Okta does not document it, so this is inferred. With the defaults, a
 * client that uses a new key as soon as it has published it is rejected.
 */
export interface JwksCacheSetting {
  /** Default: 43,200, which is 12 hours. 0 turns caching off. */
  readonly maxAgeSeconds?: number | undefined
  /** Whether an assertion with an unknown `kid` refreshes the cached set. Default: false. */
  readonly refreshOnUnknownKid?: boolean | undefined
}

/** The options of an emulated org. Everything has a default. */
export interface EmulatorOptions {
  /** The port on 127.0.0.1. Default: 0, a free port. */
  readonly port?: number | undefined
  /** The public origin, when a TLS-terminating proxy forwards to the emulator. Default: the address it listens on. */
  readonly orgUrl?: URL | string | undefined
  /** Certificate and private key in PEM format. With it, the emulator serves HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** Receives notices, such as a client that uses the wrong protocol. Default: none. */
  readonly onNotice?: ((notice: string) => void) | undefined
  /** Default: an SPA, a native app, a web app, a service app and a service app that requires DPoP. */
  readonly clients?: readonly ClientConfig[] | undefined
  /** Default: two users who are assigned to the apps and one who is not. */
  readonly users?: readonly UserConfig[] | undefined
  /** Default: none, apart from `Everyone`. */
  readonly groups?: readonly GroupConfig[] | undefined
  /** The custom attributes of user profiles, in addition to those that `users` have. */
  readonly customAttributes?: readonly string[] | undefined
  /** Number of additional users in the directory. They cannot sign in. Default: 25. */
  readonly people?: number | undefined
  /** Custom authorization servers. Default: none. */
  readonly authorizationServers?: readonly AuthorizationServerConfig[] | undefined
  /** Whether the org has API Access Management, which custom authorization servers require. Default: true. */
  readonly apiAccessManagement?: boolean | undefined
  /** Static API tokens. Default: one token of the first user. */
  readonly apiTokens?: readonly ApiTokenConfig[] | undefined
  /** Rate limits. Default: rate limit headers are sent and no limit is enforced. */
  readonly rateLimits?: RateLimitConfig | undefined
  /**
   * Origins whose pages can call the org (CORS), for example `http://localhost:3000`. The origins of the redirect URIs of
   * single-page apps are always trusted. Default: none.
   */
  readonly trustedOrigins?: readonly string[] | undefined
  /** The cache of keys that are at a `jwksUri`. */
  readonly jwksCache?: JwksCacheSetting | undefined
  /** The clock of the org. Default: the system clock. */
  readonly clock?: ClockSetting | undefined
  /**
   * Makes IDs, keys, secrets, tokens and nonces the same at each start. Set `port` or `orgUrl` too, since the issuer is
   * part of signed tokens. Default: none, so that all of these are random.
   */
  readonly seed?: string | undefined
  /** Lifetime of an access token of the org authorization server. Default: 3600, as in Okta. */
  readonly tokenLifetimeSeconds?: number | undefined
  /** Grace period in which a rotated refresh token still works, 0 to 60. Default: 30, as in Okta. */
  readonly refreshGraceSeconds?: number | undefined
  /** Whether authorization responses include `iss` (RFC 9207). Okta does not document it. Default: false. */
  readonly sendIssuer?: boolean | undefined
  /** Whether a DPoP proof binds the token of an app that does not require DPoP. Default: false. */
  readonly bindOptionalProofs?: boolean | undefined
}
