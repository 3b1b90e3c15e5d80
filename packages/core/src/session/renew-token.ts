import { randomUUID } from 'node:crypto'
import type { Attempt, Connection } from '../config/connection.js'
import type { Deps } from '../deps.js'
import { isOktaConnectError, OktaConnectError } from '../errors.js'
import { DpopKey } from '../keys/dpop-key.js'
import { DpopNegotiation } from '../oauth/dpop-negotiation.js'
import { runGrant } from '../oauth/grants/run-grant.js'
import type { TokenAnswer } from '../oauth/token-endpoint.js'
import { mergeAccounts } from '../stores/account.js'
import type { DpopMemory } from '../stores/token-record.js'
import { clientRecordKeyOf, type LoginIdentity, type TokenRecord } from '../stores/token-record.js'
import type { TokenOrigin } from './okta-session.js'

/** A token, and where it came from this time. */
export interface Obtained {
  readonly record: TokenRecord
  readonly origin: TokenOrigin
}

/** What a renewal starts from, and where its result goes. */
export interface Renewal {
  readonly old: TokenRecord | undefined
  /** Whether a refresh will do, where nobody is asked. */
  readonly mayRefresh: boolean
  /** Refuses a record whose account may not be used. */
  admit(record: TokenRecord): Promise<void>
  /** Makes a record durable, before anybody uses its token. */
  save(record: TokenRecord): Promise<void>
}

/**
 * Gets a new token for a login: by refresh where there is a refresh token, else by the grant. Runs while the record is
 * held exclusively.
 *
 * @throws {@link OktaConnectError} what the grant and the store throw.
 */
export async function renewToken(
  attempt: Attempt,
  { old, mayRefresh, admit, save }: Renewal,
  deps: Deps,
): Promise<Obtained> {
  const known = await readMemory(attempt.login, deps)
  const key = old?.dpopKey && DpopKey.fromJwk(old.dpopKey)
  const dpop = new DpopNegotiation(attempt.dpop, known, key)

  const refreshed = mayRefresh && old !== undefined ? await refreshOf(old, save, attempt, dpop, deps) : undefined
  const answer = refreshed ?? (await runGrant(attempt, dpop, deps))
  const record = toRecord(answer, attempt, deps)
  await admit(record)
  await save(record)
  await remember(answer.dpop.memory, known, attempt.login, deps)
  return { record, origin: refreshed === undefined ? 'grant' : 'refresh' }
}

async function refreshOf(
  old: TokenRecord,
  save: Renewal['save'],
  connection: Attempt,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenAnswer | undefined> {
  const { refreshToken, ...rest } = old
  if (refreshToken === undefined) return undefined
  const { refresh } = await import('../oauth/grants/refresh-token.js')
  try {
    // Nobody's wish to give up ends a refresh: the answer may hold the only refresh token that still works.
    const attempt = { ...connection, signal: undefined, forceLogin: false }
    return ofSameAccount(await refresh(attempt, { ...rest, refreshToken }, dpop, deps), old)
  } catch (error) {
    if (!isOktaConnectError(error) || error.oauth?.error !== 'invalid_grant') throw error
    // It has ended for good: asking again would be refused again.
    await save(rest)
    return undefined
  }
}

// OpenID Connect Core §12.2: the ID token of a refresh is about the same subject. An answer may leave it out.
function ofSameAccount(answer: TokenAnswer, { account, idToken, login }: TokenRecord): TokenAnswer {
  if (account !== undefined && answer.account !== undefined && account.sub !== answer.account.sub) {
    throw new OktaConnectError(
      'token_response_invalid',
      `${new URL(login.orgUrl).host} renewed the token of another account.`,
      {
        hint: 'Sign in again. If it happens again, report it to the administrator of the org.',
      },
    )
  }
  return { ...answer, account: mergeAccounts(account, answer.account), idToken: answer.idToken ?? idToken }
}

function toRecord(answer: TokenAnswer, { login, grant, authentication }: Connection, deps: Deps): TokenRecord {
  const obtainedAt = deps.now()
  const { refreshToken, idToken, account } = answer
  const dpopKey = answer.dpop.key?.toJwk()
  return {
    schema: 2,
    kind: 'token',
    login,
    grant,
    generation: randomUUID(),
    accessToken: answer.accessToken,
    tokenType: answer.tokenType,
    ...(dpopKey !== undefined && { dpopKey }),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(idToken !== undefined && { idToken }),
    ...(account !== undefined && { account }),
    ...(authentication.method !== 'none' && { needsCredential: true as const }),
    grantedScopes: answer.grantedScopes ?? login.scopes,
    obtainedAt,
    expiresAt: obtainedAt + answer.lifetimeMs,
  }
}

async function readMemory(login: LoginIdentity, { store }: Deps): Promise<DpopMemory> {
  const record = await store.read(clientRecordKeyOf(login))
  return record?.kind === 'client' ? record : { isRequired: false }
}

async function remember(latest: DpopMemory, known: DpopMemory, login: LoginIdentity, { store }: Deps): Promise<void> {
  const { isRequired, nonce } = latest
  if (isRequired === known.isRequired && nonce === known.nonce) return
  const record = { schema: 2, kind: 'client', isRequired, ...(nonce !== undefined && { nonce }) } as const
  await store.exclusive(clientRecordKeyOf(login), slot => slot.write(record))
}
