import { sha256 } from '../keys/digest.js'
import { type DpopJwk, DpopKey } from '../keys/dpop-key.js'
import { type Account, isAccount } from './account.js'

/** How a token is obtained. `refresh_token` and the like are RFC 6749 names; `api_token` is Okta's static SSWS token. */
export type Grant = 'authorization_code' | 'device_code' | 'client_credentials' | 'refresh_token' | 'api_token'

/**
 * Whose token it is. An `app` is named by the thumbprint of its client key, where it has one; a `user` by the login hint,
 * if any.
 */
export type Identity =
  | { readonly type: 'app'; readonly keyThumbprint?: string }
  | { readonly type: 'user'; readonly loginHint?: string }

/** What distinguishes one login from every other: the record key is a digest over it. */
export interface LoginIdentity {
  readonly orgUrl: string
  readonly authorizationServer?: string
  readonly clientId: string
  readonly identity: Identity
  /** Requested scopes, sorted, without `openid profile offline_access`. */
  readonly scopes: readonly string[]
}

/** A token and what it takes to use and renew it. Holds secrets; never holds a client key. */
export interface TokenRecord {
  readonly schema: 2
  readonly kind: 'token'
  readonly login: LoginIdentity
  /** The grant that the person or program connected with. A refresh does not change it. */
  readonly grant: Grant
  /** New at every write: who holds an older one knows that somebody renewed, or logged out. */
  readonly generation: string
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  /** The private half of the DPoP key that a `DPoP` token is bound to; such a token is useless without it. */
  readonly dpopKey?: DpopJwk
  readonly refreshToken?: string
  /** The latest ID token (OpenID Connect Core §2); a refresh without one keeps the earlier one. */
  readonly idToken?: string
  /** Who signed in; absent for an app, and where no ID token came. */
  readonly account?: Account
  /** Set where the client proves itself with a key or a secret, so that a refresh needs it too. */
  readonly needsCredential?: true
  /** Granted scopes, which may be fewer or more than the requested ones. */
  readonly grantedScopes: readonly string[]
  /** Milliseconds since 1970, on this machine's clock. */
  readonly obtainedAt: number
  /** Milliseconds since 1970, on this machine's clock. */
  readonly expiresAt: number
}

/** Points at the record of the latest login, for a door that is asked for a token without saying which. */
export interface CurrentRecord {
  readonly schema: 2
  readonly kind: 'current'
  readonly recordKey: string
}

/** What outlives a process: whether the app demands proofs, and the latest nonce of the authorization server. */
export interface DpopState {
  readonly isRequired: boolean
  readonly nonce?: string
}

/** What was learnt of an app, and stays true after a logout. */
export interface ClientRecord extends DpopState {
  readonly schema: 2
  readonly kind: 'client'
}

/** Everything that a store keeps, told apart by `kind`. */
export type StoreRecord = TokenRecord | CurrentRecord | ClientRecord

/** What `status` shows of a login: no secret in it. */
export interface RecordInfo extends LoginIdentity {
  readonly recordKey: string
  readonly grant: Grant
  readonly tokenType: 'Bearer' | 'DPoP'
  /** Who signed in; `undefined` for an app. */
  readonly account: Account | undefined
  /** Whether renewing it takes the key or secret of the client. */
  readonly needsCredential: boolean
  readonly grantedScopes: readonly string[]
  readonly obtainedAt: Date
  readonly expiresAt: Date
}

/** The key of the one {@link CurrentRecord} of a store. */
export const currentKey = 'current'

const schema = 2
const leastValidityMs = 60_000
// By so much the clocks of machines that share a store may differ.
const clockToleranceMs = 5 * 60_000

/**
 * The key under which a login is stored: a digest, so it tells nothing and fits a file name.
 * Two tenants, clients, people or scope sets never share one.
 */
export function recordKeyOf(login: LoginIdentity): string {
  const { orgUrl, authorizationServer = null, clientId, identity, scopes } = login
  const who = (identity.type === 'app' ? identity.keyThumbprint : identity.loginHint) ?? null
  return digest([orgUrl, authorizationServer, clientId, identity.type, who, [...scopes].sort()])
}

/** The key of the {@link ClientRecord} of the app that a login is of. */
export function clientRecordKeyOf({ orgUrl, authorizationServer, clientId }: LoginIdentity): string {
  return `client-${digest([orgUrl, authorizationServer ?? null, clientId])}`
}

function digest(parts: readonly unknown[]): string {
  return sha256(JSON.stringify(parts))
}

/**
 * Whether a token will still be good for a while.
 *
 * A token lives on as fresh until `minValidityMs`, at least 60 s, before it expires. One whose whole life is shorter
 * than that would be renewed at every call: it is fresh for the first half of its life, or until 60 s are left.
 *
 * @param minValidityMs how long the caller needs it, in milliseconds.
 */
export function isFresh(record: TokenRecord, now: number, minValidityMs = 0): boolean {
  // The clock was put back since: when the token ends, nobody knows.
  if (record.obtainedAt - now > clockToleranceMs) return false
  const lifetimeMs = record.expiresAt - record.obtainedAt
  const wantedMs = Math.max(minValidityMs, leastValidityMs)
  const marginMs = lifetimeMs > wantedMs ? wantedMs : Math.min(leastValidityMs, lifetimeMs / 2)
  return record.expiresAt - now > marginMs
}

/** Whether a token cannot be fresh for as long as the caller needs, however new it is. */
export function isShortLived(record: TokenRecord, minValidityMs = 0): boolean {
  return record.expiresAt - record.obtainedAt <= Math.max(minValidityMs, leastValidityMs)
}

/**
 * The login that a store has under a key, if it is one. A record that names another login than its key does was put
 * there by mistake or by malice: another tenant's token is never handed out.
 */
export function tokenAt(recordKey: string, record: StoreRecord | undefined): TokenRecord | undefined {
  return record?.kind === 'token' && recordKeyOf(record.login) === recordKey ? record : undefined
}

/** Whether a text can be the key of a record: a key fits a file name and leads nowhere else. */
export function isRecordKey(text: string): boolean {
  return /^[a-z0-9-]{1,100}$/.test(text)
}

/** What a record tells to people. */
export function infoOf(recordKey: string, record: TokenRecord): RecordInfo {
  return {
    ...record.login,
    recordKey,
    grant: record.grant,
    tokenType: record.tokenType,
    account: record.account,
    needsCredential: record.needsCredential === true,
    grantedScopes: record.grantedScopes,
    obtainedAt: new Date(record.obtainedAt),
    expiresAt: new Date(record.expiresAt),
  }
}

/** Why something that is stored is not a record. */
export interface Unreadable {
  readonly unreadable: string
}

/**
 * Reads a record back from text. One of an older schema is brought up to date.
 *
 * @returns the record, or the reason why it is none: a caller treats that as a miss and tells it in a notice.
 */
export function parseRecord(text: string): StoreRecord | Unreadable {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { unreadable: 'it is not complete JSON' }
  }
  if (!isObject(value)) return { unreadable: 'it is not a JSON object' }
  if (typeof value.schema === 'number' && value.schema > schema) {
    return { unreadable: 'a newer version of this program wrote it' }
  }
  if (value.kind === 'sealed') return { unreadable: 'it is sealed, and this store has no key' }
  if (value.schema === 1) value = migrated(value)
  if (!isObject(value) || value.schema !== schema || !isRecord(value)) {
    return { unreadable: 'it has not the form of a record' }
  }
  return value
}

function isRecord(value: Record<string, unknown>): value is Record<string, unknown> & StoreRecord {
  return isTokenRecord(value) || isCurrentRecord(value) || isClientRecord(value)
}

// Schema 1 had another name for what a login needs to be renewed.
function migrated({ needsClientKey, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return { ...rest, schema, ...(needsClientKey === true && { needsCredential: true }) }
}

function isCurrentRecord(value: Record<string, unknown>): value is Record<string, unknown> & CurrentRecord {
  return value.kind === 'current' && typeof value.recordKey === 'string' && isRecordKey(value.recordKey)
}

function isClientRecord(value: Record<string, unknown>): value is Record<string, unknown> & ClientRecord {
  return value.kind === 'client' && typeof value.isRequired === 'boolean' && isTextOrNothing(value.nonce)
}

function isTokenRecord(value: Record<string, unknown>): value is Record<string, unknown> & TokenRecord {
  return (
    value.kind === 'token' &&
    isLogin(value.login) &&
    ['grant', 'generation', 'accessToken'].every(name => typeof value[name] === 'string') &&
    (value.tokenType === 'Bearer' || (value.tokenType === 'DPoP' && isDpopKey(value.dpopKey))) &&
    isTextOrNothing(value.refreshToken) &&
    isTextOrNothing(value.idToken) &&
    (value.account === undefined || isAccount(value.account)) &&
    isTexts(value.grantedScopes) &&
    Number.isFinite(value.obtainedAt) &&
    Number.isFinite(value.expiresAt)
  )
}

function isDpopKey(value: unknown): value is DpopJwk {
  try {
    DpopKey.fromJwk(value as DpopJwk)
    return true
  } catch {
    return false
  }
}

function isLogin(value: unknown): value is LoginIdentity {
  return (
    isObject(value) &&
    typeof value.orgUrl === 'string' &&
    typeof value.clientId === 'string' &&
    isTexts(value.scopes) &&
    isObject(value.identity) &&
    (value.identity.type === 'app' || value.identity.type === 'user')
  )
}

function isTextOrNothing(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
