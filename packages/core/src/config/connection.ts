import type { ServerClock } from '../http/server-clock.js'
import type { ClientKey } from '../keys/client-key.js'
import type { ManagedKeys } from '../keys/managed/managed-keys.js'
import type { Account } from '../stores/account.js'
import type { Grant, Identity, LoginIdentity } from '../stores/token-record.js'
import type { Broker } from './broker.js'
import type { DpopMode } from './connect-options.js'
import type { Endpoints } from './tenant.js'

/** Where an identity token comes from: the options, or what the platform offers. */
export type IdentitySource = { readonly token: string } | { readonly file: string } | 'platform'

/** How the client authenticates to the authorization server (RFC 6749 §2.3). */
export type ClientAuthentication =
  /** A public client, which does not authenticate. */
  | { readonly method: 'none' }
  | { readonly method: 'private_key_jwt'; readonly key: ClientKey }
  | { readonly method: 'managed_keys'; readonly keys: ManagedKeys }
  | { readonly method: 'client_secret_post'; readonly secret: string }
  /** The identity token of a platform, sent as a client assertion (RFC 7523). */
  | { readonly method: 'identity_token'; readonly source: IdentitySource }
  /** The key or secret of the client is needed, and was not given. */
  | { readonly method: 'unavailable' }

/** The credential of a client. */
export interface Credential {
  readonly authentication: ClientAuthentication
  /** Identifies the key, if it has one. Managed keys have the same one after they were replaced. No secret. */
  readonly thumbprint: string | undefined
}

/** A sign-in with the browser, with every option set. */
export interface AuthorizationCodeGrant {
  readonly type: 'authorization_code'
  /** Never empty. */
  readonly redirectUris: readonly string[]
  /** Whether the user pastes the URL of the callback, because no listener can be reached. */
  readonly isManual: boolean
  readonly loginHint: string | undefined
  readonly offlineAccess: boolean
  readonly timeoutMs: number
}

/** A sign-in on another device, with every option set. */
export interface DeviceCodeGrant {
  readonly type: 'device_code'
  readonly offlineAccess: boolean
  /** `undefined`: as long as the code is valid. */
  readonly timeoutMs: number | undefined
}

/** The secrets of one authorization request, which its response is validated with. */
export interface RequestSecrets {
  /** Ties the callback to this request (RFC 6749 §10.12). */
  readonly state: string
  /** Ties the ID token to this request (OpenID Connect Core §3.1.2.1). */
  readonly nonce: string
  /** Ties the code to this process (RFC 7636). */
  readonly codeVerifier: string
}

/** The response to an authorization request that a web server sent. */
export interface AuthorizationResponse {
  readonly type: 'authorization_response'
  readonly redirectUri: string
  readonly parameters: URLSearchParams
  readonly secrets: RequestSecrets
  /** Whether the sign-in of another account in the store can be replaced. Default: false. */
  readonly canReplaceAccount?: boolean
}

/** How to get a token if there is none: a grant, or `none` if a user would have to sign in and may not be asked. */
export type GrantRequest =
  | AuthorizationCodeGrant
  | DeviceCodeGrant
  | { readonly type: 'client_credentials' }
  | AuthorizationResponse
  | { readonly type: 'none' }

/** Decides whether the token of an account may be used. */
export type Accept = (account: Account) => boolean

/** Validated options. */
export interface Connection {
  /** The org. With a broker, its URL until it has named the org. */
  readonly orgUrl: URL
  /** The broker that issues the tokens in place of Okta. */
  readonly broker: Broker | undefined
  /** `undefined` if the authorization server is not Okta's: its metadata is requested. */
  readonly endpoints: Endpoints | undefined
  readonly login: LoginIdentity
  /** The grant of the sign-in. A refresh does not change it. */
  readonly grant: Grant
  /** The grant for another token. */
  readonly grantRequest: GrantRequest
  readonly authentication: ClientAuthentication
  /** Which accounts may be used. `undefined`: the account of the first token of the session. */
  readonly accept: Accept | undefined
  readonly dpop: DpopMode
  readonly requestTimeoutMs: number
  readonly clock: ServerClock
}

/** A connection, for one attempt to get a token. */
export interface Attempt extends Connection {
  readonly endpoints: Endpoints
  /** Cancels the attempt. */
  readonly signal: AbortSignal | undefined
  /** Whether to get a new token even if a valid one is stored. */
  readonly forceLogin: boolean
  /** Runs before each request. What it throws prevents the request. */
  readonly beforeRequest?: () => Promise<void>
}

/** A connection, and the options of its first sign-in only. */
export interface ParsedOptions {
  readonly connection: Connection
  readonly signal: AbortSignal | undefined
  readonly forceLogin: boolean
}

/** What a stored sign-in is searched by, validated. */
export interface Selection {
  readonly recordKey?: string
  readonly orgUrl?: URL
  /** `null`: no broker. */
  readonly broker?: string | null
  readonly connection?: string
  readonly clientId?: string
  readonly scopes?: readonly string[]
  /** `null`: the org authorization server. */
  readonly authorizationServer?: string | null
  readonly loginHint?: string
  /** `none`: a static API token, which is never stored. */
  readonly identity?: Identity['type'] | 'none'
  /** `undefined` if no credential was given that may be used. */
  readonly credential?: Credential
  readonly accept?: Accept
  readonly dpop: DpopMode
  readonly requestTimeoutMs: number
}
