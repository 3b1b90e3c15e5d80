import type { Credential, Selection } from '../config/connection.js'
import { type Deps, withDefaults } from '../deps.js'
import { isAccepted } from '../oauth/dpop-negotiation.js'
import { currentKey, infoOf, type RecordInfo, recordKeyOf, type TokenRecord, tokenAt } from '../stores/token-record.js'
import type { TokenStore } from '../stores/token-store.js'
import type { OktaSession } from './okta-session.js'

interface ScopeList {
  readonly scopes: readonly string[]
}

/** A stored sign-in, without secrets. */
export interface Login extends RecordInfo {
  /** Whether it is the current sign-in, which is used if none is selected. */
  readonly isCurrent: boolean
}

/**
 * Lists the sign-ins of a store, without secrets: the current one first, then the latest first.
 *
 * @throws {@link OktaConnectError} `store_failed`
 * @example
 * for (const login of await listLogins({ store: openStore('auto') })) console.log(login.orgUrl, login.expiresAt)
 */
export async function listLogins(deps?: Partial<Deps>): Promise<readonly Login[]> {
  const { store } = withDefaults(deps)
  const current = await currentRecordKey(store)
  const logins: Login[] = []
  for await (const info of store.list())
    if (isOwn(info)) logins.push({ ...info, isCurrent: info.recordKey === current })
  return logins.sort(
    (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.obtainedAt.getTime() - a.obtainedAt.getTime(),
  )
}

/**
 * Returns whether a session can use the tokens of a stored sign-in: it has the same org or broker, authorization server, app and
 * scopes, and both belong to a user or both to the app. One app may have several such sign-ins: one for each username hint or key.
 *
 * @example
 * const logins = (await listLogins({ store })).filter(login => isLoginOf(session, login))
 */
export function isLoginOf(session: OktaSession, login: RecordInfo): boolean {
  const { orgUrl, broker, connection, authorizationServer, clientId, grant } = session
  return (
    login.broker === broker?.origin &&
    // A broker names the org later.
    (broker !== undefined || login.orgUrl === orgUrl.origin) &&
    login.connection === connection &&
    login.authorizationServer === authorizationServer &&
    login.clientId === clientId &&
    haveSameScopes(login, session) &&
    login.identity.type === (grant === 'client_credentials' ? 'app' : 'user')
  )
}

/** Makes a sign-in the current one, which is used if none is selected. */
export async function makeCurrent(recordKey: string, store: TokenStore): Promise<void> {
  if ((await currentRecordKey(store)) === recordKey) return
  await store.exclusive(currentKey, slot => slot.write({ schema: 2, kind: 'current', recordKey }))
}

/**
 * Finds the current sign-in if it matches, else the latest one that does. Without any selection only the current one is meant: if it
 * was removed, no other one is used instead.
 */
export async function findLogin(selection: Selection, store: TokenStore): Promise<TokenRecord | undefined> {
  if (selection.recordKey !== undefined) return await readToken(selection.recordKey, store)
  const current = await currentRecordKey(store)
  const first = current === undefined ? undefined : await readToken(current, store)
  if (current !== undefined && first !== undefined && matches(infoOf(current, first), selection)) return first

  const { dpop: _any, requestTimeoutMs: _time, accept: _policy, ...wanted } = selection
  if (Object.keys(wanted).length === 0) return undefined

  let latest: RecordInfo | undefined
  for await (const info of store.list()) {
    if (isOwn(info) && matches(info, selection) && (latest === undefined || info.obtainedAt > latest.obtainedAt))
      latest = info
  }
  return latest && (await readToken(latest.recordKey, store))
}

// The sign-ins of the users of a server are under other keys: see {@link userStore}.
function isOwn(login: RecordInfo): boolean {
  return recordKeyOf(login) === login.recordKey
}

function matches(login: RecordInfo, selection: Selection): boolean {
  const { orgUrl, broker, connection, clientId, scopes, authorizationServer } = selection
  const { loginHint, identity, credential, accept, dpop } = selection
  return (
    (orgUrl === undefined || login.orgUrl === orgUrl.origin) &&
    (broker === undefined || (login.broker ?? null) === broker) &&
    (connection === undefined || login.connection === connection) &&
    (clientId === undefined || login.clientId === clientId) &&
    (scopes === undefined || haveSameScopes(login, { scopes })) &&
    (authorizationServer === undefined || (login.authorizationServer ?? null) === authorizationServer) &&
    (loginHint === undefined || (login.identity.type === 'user' && login.identity.loginHint === loginHint)) &&
    (identity === undefined || login.identity.type === identity) &&
    (credential === undefined || isOfCredential(login, credential)) &&
    (accept === undefined || login.identity.type === 'app' || (login.account !== undefined && accept(login.account))) &&
    isAccepted(login.tokenType, dpop)
  )
}

// Both lists are sorted.
function haveSameScopes(one: ScopeList, other: ScopeList): boolean {
  return one.scopes.join(' ') === other.scopes.join(' ')
}

// The record of a service app names the key it was obtained with, but no secret; that of a user does not name the key.
function isOfCredential({ identity, needsCredential }: RecordInfo, { thumbprint }: Credential): boolean {
  return identity.type === 'app' ? identity.keyThumbprint === thumbprint : needsCredential
}

async function currentRecordKey(store: TokenStore): Promise<string | undefined> {
  const record = await store.read(currentKey)
  return record?.kind === 'current' ? record.recordKey : undefined
}

async function readToken(recordKey: string, store: TokenStore): Promise<TokenRecord | undefined> {
  return tokenAt(recordKey, await store.read(recordKey))
}
