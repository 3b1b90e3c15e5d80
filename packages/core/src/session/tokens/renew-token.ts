import { randomUUID } from 'node:crypto'
import type { Attempt, Connection } from '../../config/connection.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError, OktaConnectError } from '../../errors.js'
import { DpopKey } from '../../keys/dpop-key.js'
import { DpopNegotiation } from '../../oauth/dpop-negotiation.js'
import { runGrant } from '../../oauth/grants/run-grant.js'
import type { TokenResponse } from '../../oauth/token-endpoint.js'
import { mergeAccounts } from '../../stores/account.js'
import { clientRecordKeyOf, type DpopState, type LoginIdentity, type TokenRecord } from '../../stores/token-record.js'
import type { TokenOrigin } from '../okta-session.js'

/** A token, and where it came from. */
export interface Obtained {
  readonly record: TokenRecord
  readonly origin: TokenOrigin
}

/** The input of a renewal, and where its result goes. */
export interface Renewal {
  readonly old: TokenRecord | undefined
  /** Whether a refresh is enough, in which the user is not asked. */
  readonly mayRefresh: boolean
  /** Throws for a record whose account may not be used. */
  requireAccepted(record: TokenRecord): Promise<void>
  /** Stores a record, before its token is used. */
  save(record: TokenRecord): Promise<void>
}

/**
 * Gets a new token: by refresh if there is a refresh token, else by the grant. Runs under the lock of the record.
 *
 * @throws {@link OktaConnectError} what the grant and the store throw
 */
export async function renewToken(
  attempt: Attempt,
  { old, mayRefresh, requireAccepted, save }: Renewal,
  deps: Deps,
): Promise<Obtained> {
  const known = await readDpopState(attempt.login, deps)
  const key = old?.dpopKey && DpopKey.fromJwk(old.dpopKey)
  const dpop = new DpopNegotiation(attempt.dpop, known, key)

  const refreshed = mayRefresh && old !== undefined ? await refresh(old, save, attempt, dpop, deps) : undefined
  const response = refreshed ?? (await runGrant(attempt, dpop, deps))
  const record = toRecord(response, attempt, deps)
  await requireAccepted(record)
  await save(record)
  await saveDpopState(response.dpop.state, known, attempt.login, deps)
  return { record, origin: refreshed === undefined ? 'grant' : 'refresh' }
}

async function refresh(
  old: TokenRecord,
  save: Renewal['save'],
  attempt: Attempt,
  dpop: DpopNegotiation,
  deps: Deps,
): Promise<TokenResponse | undefined> {
  const { refreshToken: token, ...rest } = old
  if (token === undefined) return undefined
  const { refreshToken } = await import('../../oauth/grants/refresh-token.js')
  try {
    // A refresh cannot be cancelled: the response may contain the only refresh token that is still valid.
    const uncancelled = { ...attempt, signal: undefined, forceLogin: false }
    return ofSameAccount(await refreshToken(uncancelled, { ...rest, refreshToken: token }, dpop, deps), old)
  } catch (error) {
    if (!isOktaConnectError(error) || error.oauth?.error !== 'invalid_grant') throw error
    // The refresh token is no longer valid, and is not used again.
    await save(rest)
    return undefined
  }
}

// OpenID Connect Core §12.2: the ID token of a refresh has the same subject. A response may omit it.
function ofSameAccount(response: TokenResponse, { account, idToken, login }: TokenRecord): TokenResponse {
  if (account !== undefined && response.account !== undefined && account.sub !== response.account.sub) {
    throw new OktaConnectError(
      'token_response_invalid',
      `${new URL(login.orgUrl).host} renewed the token of another account.`,
      {
        hint: 'Sign in again. If it happens again, report it to the administrator of the org.',
      },
    )
  }
  return { ...response, account: mergeAccounts(account, response.account), idToken: response.idToken ?? idToken }
}

function toRecord(response: TokenResponse, { login, grant, authentication }: Connection, deps: Deps): TokenRecord {
  const obtainedAt = deps.now()
  const { refreshToken, idToken, account, orgUrl } = response
  const dpopKey = response.dpop.key?.toJwk()
  return {
    schema: 2,
    kind: 'token',
    login: orgUrl === undefined ? login : { ...login, orgUrl: orgUrl.origin },
    grant,
    generation: randomUUID(),
    accessToken: response.accessToken,
    tokenType: response.tokenType,
    ...(dpopKey !== undefined && { dpopKey }),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(idToken !== undefined && { idToken }),
    ...(account !== undefined && { account }),
    ...(authentication.method !== 'none' && { needsCredential: true as const }),
    grantedScopes: response.grantedScopes ?? login.scopes,
    obtainedAt,
    expiresAt: obtainedAt + response.lifetimeMs,
  }
}

async function readDpopState(login: LoginIdentity, { store }: Deps): Promise<DpopState> {
  const record = await store.read(clientRecordKeyOf(login))
  return record?.kind === 'client' ? record : { isRequired: false }
}

async function saveDpopState(
  latest: DpopState,
  known: DpopState,
  login: LoginIdentity,
  { store }: Deps,
): Promise<void> {
  const { isRequired, nonce } = latest
  if (isRequired === known.isRequired && nonce === known.nonce) return
  const record = { schema: 2, kind: 'client', isRequired, ...(nonce !== undefined && { nonce }) } as const
  await store.exclusive(clientRecordKeyOf(login), slot => slot.write(record))
}

/** Whether another token can be obtained without asking a user, or by asking one if the session may. */
export function canRenew({ grantRequest }: Attempt, stored: TokenRecord | undefined): boolean {
  return grantRequest.type !== 'none' || stored?.refreshToken !== undefined
}
