import { sha256 } from '../keys/digest.js'
import type { DpopJwk } from '../keys/dpop-key.js'
import type { KeyTimes } from '../keys/managed/key-schedule.js'
import type { Account } from './account.js'

/**
 * How a token is obtained, with the names of RFC 6749 and RFC 8628. `api_token` is Okta's static SSWS token, and `access_token` is a
 * token that you provide.
 */
export type Grant =
  | 'authorization_code'
  | 'device_code'
  | 'client_credentials'
  | 'refresh_token'
  | 'api_token'
  | 'access_token'

/**
 * The subject of a token: an `app`, with the thumbprint of its client key if it has one, or a `user`, with the login hint if
 * there is one.
 */
export type Identity =
  | { readonly type: 'app'; readonly keyThumbprint?: string }
  | { readonly type: 'user'; readonly loginHint?: string }

/** What distinguishes a sign-in from every other one: the record key is a digest of it. */
export interface LoginIdentity {
  /** The origin of the org. With a broker, it does not distinguish sign-ins, because the broker selects the org. */
  readonly orgUrl: string
  /** The broker that the tokens come from, an origin. */
  readonly broker?: string
  /** The requested connection of the broker. */
  readonly connection?: string
  readonly authorizationServer?: string
  readonly clientId: string
  readonly identity: Identity
  /** Requested scopes, sorted, without `openid profile offline_access`. */
  readonly scopes: readonly string[]
}

/** A token, with everything that is required to use and renew it. It contains secrets, but never a client key. */
export interface TokenRecord {
  readonly schema: 2
  readonly kind: 'token'
  readonly login: LoginIdentity
  /** The grant of the sign-in. A refresh does not change it. */
  readonly grant: Grant
  /** Differs after every write: a session with an older one learns that the record was renewed or removed. */
  readonly generation: string
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  /** The private DPoP key that a `DPoP` token is bound to. */
  readonly dpopKey?: DpopJwk
  readonly refreshToken?: string
  /** The latest ID token (OpenID Connect Core §2). A refresh may return none: then the previous one stays. */
  readonly idToken?: string
  /** The account that signed in; missing for an app, and without an ID token. */
  readonly account?: Account
  /** Set if the client authenticates with a key or a secret, so that a refresh needs it too. */
  readonly needsCredential?: true
  /** Granted scopes, which may be fewer or more than the requested ones. */
  readonly grantedScopes: readonly string[]
  /** Milliseconds since 1970, on this machine's clock. */
  readonly obtainedAt: number
  /** Milliseconds since 1970, on this machine's clock. */
  readonly expiresAt: number
}

/** Refers to the record of the latest sign-in, which is used if none is selected. */
export interface CurrentRecord {
  readonly schema: 2
  readonly kind: 'current'
  readonly recordKey: string
}

/** What is stored about DPoP: whether the app requires proofs, and the latest nonce of the authorization server. */
export interface DpopState {
  readonly isRequired: boolean
  readonly nonce?: string
}

/** What is stored about an app, and stays after a logout. */
export interface ClientRecord extends DpopState {
  readonly schema: 2
  readonly kind: 'client'
}

/** A managed client key, and when it was used. */
export interface ManagedKey extends KeyTimes {
  /** The private JWK. */
  readonly jwk: Readonly<Record<string, string>>
}

/** The managed keys of an app. They are in a store of their own, which is always encrypted. */
export interface ManagedKeysRecord {
  readonly schema: 2
  readonly kind: 'managed_keys'
  /** Increases by one with each write that changes the set of keys, so that a copy is recognized as older without clocks. */
  readonly revision: number
  /** The oldest first. */
  readonly keys: readonly ManagedKey[]
}

/** Any stored record, discriminated by `kind`. */
export type StoreRecord = TokenRecord | CurrentRecord | ClientRecord | ManagedKeysRecord

/** A stored sign-in, without secrets. */
export interface RecordInfo extends LoginIdentity {
  readonly recordKey: string
  readonly grant: Grant
  readonly tokenType: 'Bearer' | 'DPoP'
  /** The account that signed in; `undefined` for an app. */
  readonly account: Account | undefined
  /** Whether a renewal needs the key or secret of the client. */
  readonly needsCredential: boolean
  /** Whether the token can be renewed without a user: it is of an app, or has a refresh token. */
  readonly isRenewable: boolean
  readonly grantedScopes: readonly string[]
  readonly obtainedAt: Date
  readonly expiresAt: Date
}

/** The key of the one {@link CurrentRecord} of a store. */
export const currentKey = 'current'

const defaultMinValidityMs = 60_000
// The clocks of machines that share a store may differ by this much.
const clockToleranceMs = 5 * 60_000

/**
 * Returns the key of a record: a digest, which contains no information and can be a file name. Two tenants, clients, users or
 * scope sets never have the same one.
 */
export function recordKeyOf(login: LoginIdentity): string {
  const { orgUrl, broker, connection = null, authorizationServer = null, clientId, identity, scopes } = login
  const subject = (identity.type === 'app' ? identity.keyThumbprint : identity.loginHint) ?? null
  if (broker !== undefined) {
    return digest(['broker', broker, connection, clientId, identity.type, subject, [...scopes].sort()])
  }
  return digest([orgUrl, authorizationServer, clientId, identity.type, subject, [...scopes].sort()])
}

/** Returns the key of the {@link ClientRecord} of an app. */
export function clientRecordKeyOf({ orgUrl, authorizationServer, clientId }: LoginIdentity): string {
  return `client-${digest([orgUrl, authorizationServer ?? null, clientId])}`
}

function digest(parts: readonly unknown[]): string {
  return sha256(JSON.stringify(parts))
}

/**
 * Returns whether a token is valid for some time.
 *
 * A token is fresh until `minValidityMs`, at least 60 s, before it expires. One with a shorter lifetime would be renewed at every
 * call: it is fresh for the first half of its lifetime, or until 60 s before it expires.
 *
 * @param minValidityMs how long the caller needs it, in milliseconds.
 */
export function isFresh(record: TokenRecord, now: number, minValidityMs = 0): boolean {
  // The clock was set back since, so the expiry is not known.
  if (record.obtainedAt - now > clockToleranceMs) return false
  const lifetimeMs = record.expiresAt - record.obtainedAt
  const wantedMs = Math.max(minValidityMs, defaultMinValidityMs)
  const marginMs = lifetimeMs > wantedMs ? wantedMs : Math.min(defaultMinValidityMs, lifetimeMs / 2)
  return record.expiresAt - now > marginMs
}

/** Returns whether the lifetime of a token is shorter than the caller needs, even when it is new. */
export function isShortLived(record: TokenRecord, minValidityMs = 0): boolean {
  return record.expiresAt - record.obtainedAt <= Math.max(minValidityMs, defaultMinValidityMs)
}

/**
 * Returns a stored record if it is a token and belongs to its key. A record under the key of another sign-in was put there by
 * mistake or by an attacker: the token of another tenant is never returned.
 */
export function tokenAt(recordKey: string, record: StoreRecord | undefined): TokenRecord | undefined {
  return record?.kind === 'token' && recordKeyOf(record.login) === recordKey ? record : undefined
}

/** Returns whether a text can be a record key, which is used as a file name. */
export function isRecordKey(text: string): boolean {
  return /^[a-z0-9-]{1,100}$/.test(text)
}

/** Returns the parts of a record that are not secret. */
export function infoOf(recordKey: string, record: TokenRecord): RecordInfo {
  return {
    ...record.login,
    recordKey,
    grant: record.grant,
    tokenType: record.tokenType,
    account: record.account,
    needsCredential: record.needsCredential === true,
    isRenewable: record.login.identity.type === 'app' || record.refreshToken !== undefined,
    grantedScopes: record.grantedScopes,
    obtainedAt: new Date(record.obtainedAt),
    expiresAt: new Date(record.expiresAt),
  }
}
