import type { ServerClock } from '../http/server-clock.js'
import type { ClientKey } from '../keys/client-key.js'
import type { Account } from '../stores/account.js'
import type { Grant, Identity, LoginIdentity } from '../stores/token-record.js'
import type { DpopMode } from './connect-options.js'
import type { Endpoints } from './tenant.js'

/** How the client proves who it is to the authorization server. */
export type ClientAuthentication =
  /** A public client: it has nothing to prove itself with. */
  | { readonly method: 'none' }
  | { readonly method: 'private_key_jwt'; readonly key: ClientKey }
  | { readonly method: 'client_secret_post'; readonly secret: string }
  /** The key or secret that the login was made with is not at hand. */
  | { readonly method: 'unavailable' }

/** A sign-in in the browser, with every choice made. */
export interface AuthorizationCodeGrant {
  readonly type: 'authorization_code'
  /** Never empty. */
  readonly redirectUris: readonly string[]
  /** Whether the person brings the answer, because nothing can listen for it. */
  readonly isManual: boolean
  readonly loginHint: string | undefined
  readonly offlineAccess: boolean
  readonly timeoutMs: number
}

/** A sign-in on another device, with every choice made. */
export interface DeviceCodeGrant {
  readonly type: 'device_code'
  readonly offlineAccess: boolean
  /** `undefined`: as long as the code is good. */
  readonly timeoutMs: number | undefined
}

/** The secrets of one authorization request, to be found again in its answer. */
export interface RequestSecrets {
  /** Ties the callback to this request (RFC 6749 §10.12). */
  readonly state: string
  /** Ties the ID token to this request (OpenID Connect Core §3.1.2.1). */
  readonly nonce: string
  /** Ties the code to this process (RFC 7636). */
  readonly codeVerifier: string
}

/** The answer to a sign-in that somebody else asked for. */
export interface SignInAnswer {
  readonly type: 'sign_in_answer'
  readonly redirectUri: string
  readonly parameters: URLSearchParams
  readonly secrets: RequestSecrets
}

/** What to do when there is no token: a grant to run, or nothing, where nobody may be asked. */
export type RunnableGrant =
  | AuthorizationCodeGrant
  | DeviceCodeGrant
  | { readonly type: 'client_credentials' }
  | SignInAnswer
  | { readonly type: 'none' }

/** Decides whether the token of an account may be used. */
export type Accept = (account: Account) => boolean

/** Options, checked: what the core works with. */
export interface Connection {
  readonly orgUrl: URL
  /** `undefined` where the authorization server is not Okta's, and has to be asked. */
  readonly endpoints: Endpoints | undefined
  readonly login: LoginIdentity
  /** How the login came about. */
  readonly grant: Grant
  /** How another one can. */
  readonly runnable: RunnableGrant
  readonly authentication: ClientAuthentication
  /** Which accounts may be used; `undefined` for the one that the session began with. */
  readonly accept: Accept | undefined
  readonly dpop: DpopMode
  readonly requestTimeoutMs: number
  readonly clock: ServerClock
}

/** A connection, for one go at a token. */
export interface Attempt extends Connection {
  readonly endpoints: Endpoints
  /** Ends the go. The connection itself goes on. */
  readonly signal: AbortSignal | undefined
  /** Whether a login is wanted, whatever is stored. */
  readonly forceLogin: boolean
}

/** A connection, and what only the login that begins it is asked for with. */
export interface ParsedOptions {
  readonly connection: Connection
  readonly signal: AbortSignal | undefined
  readonly forceLogin: boolean
}

/** What a stored login is looked up by, checked. */
export interface Selection {
  readonly recordKey?: string
  readonly orgUrl?: URL
  readonly clientId?: string
  readonly scopes?: readonly string[]
  /** `null`: the org's own. */
  readonly authorizationServer?: string | null
  readonly loginHint?: string
  /** `none`: a static API token, which is stored nowhere. */
  readonly identity?: Identity['type'] | 'none'
  readonly key?: ClientKey
  readonly clientSecret?: string
  readonly accept?: Accept
  readonly dpop: DpopMode
  readonly requestTimeoutMs: number
}
