import { type DpopJwk, DpopKey } from '../keys/dpop-key.js'
import { isAccount } from './account.js'
import {
  type ClientRecord,
  type CurrentRecord,
  isRecordKey,
  type LoginIdentity,
  type ManagedKeysRecord,
  type StoreRecord,
  type TokenRecord,
} from './token-record.js'

const schema = 2

/** The reason why stored data is not a record. */
export interface Unreadable {
  readonly unreadable: string
}

/** The reason for a record that was encrypted with another key. */
export const keyGone = 'they were encrypted with another key'

/**
 * Parses a record. One of an older schema is migrated.
 *
 * @returns the record, or the reason why it cannot be read: a caller treats that as a miss, with a notice.
 */
export function parseRecord(text: string): StoreRecord | Unreadable {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { unreadable: 'it is incomplete JSON' }
  }
  if (!isObject(value)) return { unreadable: 'it is not a JSON object' }
  if (typeof value.schema === 'number' && value.schema > schema) {
    return { unreadable: 'it was written by a newer version' }
  }
  if (value.kind === 'sealed') return { unreadable: 'it is encrypted, and this store has no key' }
  if (value.schema === 1) value = migrated(value)
  if (!isObject(value) || value.schema !== schema || !isRecord(value)) {
    return { unreadable: 'it is not a valid record' }
  }
  return value
}

function isRecord(value: Record<string, unknown>): value is Record<string, unknown> & StoreRecord {
  return isTokenRecord(value) || isCurrentRecord(value) || isClientRecord(value) || isManagedKeysRecord(value)
}

// Schema 1 has another name for needsCredential.
function migrated({ needsClientKey, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return { ...rest, schema, ...(needsClientKey === true && { needsCredential: true }) }
}

function isCurrentRecord(value: Record<string, unknown>): value is Record<string, unknown> & CurrentRecord {
  return value.kind === 'current' && typeof value.recordKey === 'string' && isRecordKey(value.recordKey)
}

function isClientRecord(value: Record<string, unknown>): value is Record<string, unknown> & ClientRecord {
  return value.kind === 'client' && typeof value.isRequired === 'boolean' && isTextOrNothing(value.nonce)
}

function isManagedKeysRecord(value: Record<string, unknown>): value is Record<string, unknown> & ManagedKeysRecord {
  return (
    value.kind === 'managed_keys' &&
    Number.isSafeInteger(value.revision) &&
    Array.isArray(value.keys) &&
    value.keys.length > 0 &&
    value.keys.every(isManagedKey)
  )
}

function isManagedKey(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.kid === 'string' &&
    isObject(value.jwk) &&
    value.jwk.kid === value.kid &&
    Object.values(value.jwk).every(member => typeof member === 'string') &&
    Number.isFinite(value.createdAt) &&
    Number.isFinite(value.usableFrom) &&
    (value.isReplacement === undefined || value.isReplacement === true) &&
    [value.acceptedAt, value.lastAcceptedAt, value.rejectedAt].every(
      time => time === undefined || Number.isFinite(time),
    )
  )
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
    isTextOrNothing(value.broker) &&
    isTextOrNothing(value.connection) &&
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
