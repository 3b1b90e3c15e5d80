import type { ConnectOptions, Deps, OktaSession } from '@connect-okta/core'
import type { SignInOptions } from '@connect-okta/core/sign-in'
import {
  createMemoryStore,
  isLoginOf,
  type Login,
  listLogins,
  type TokenRecord,
  type TokenStore,
} from '@connect-okta/core/stores'

/** Whether the tokens of a session are those of a user. */
export function isUserGrant({ grant }: OktaSession): boolean {
  return grant === 'authorization_code' || grant === 'device_code'
}

/** The stored sign-ins of a session, the latest first: one record, or one for each key of the app. */
export async function storedSignIns(
  session: OktaSession,
  options: ConnectOptions,
  deps: Partial<Deps>,
): Promise<readonly Login[]> {
  const loginHint = (options as SignInOptions).loginHint?.trim() || undefined
  return (await listLogins(deps)).filter(
    login => isLoginOf(session, login) && (login.identity.type === 'app' || login.identity.loginHint === loginHint),
  )
}

/** A token that was renewed, and the record of the current one. */
interface EarlierToken {
  readonly token: string
  readonly recordKey: string
  readonly record: TokenRecord
}

/**
 * Revokes an earlier token with a session that has a separate store, so that the current token stays valid.
 *
 * @returns whether it was revoked; `undefined` if the record belongs to another key of the app.
 */
export async function revokeEarlier<D extends Partial<Deps>>(
  { token, recordKey, record }: EarlierToken,
  open: (deps: D & { readonly store: TokenStore }) => Promise<OktaSession>,
  deps: D,
): Promise<boolean | undefined> {
  const { refreshToken: _refreshToken, ...rest } = record
  const store = createMemoryStore()
  await store.exclusive(recordKey, slot => slot.write({ ...rest, accessToken: token }))
  let isRevoked = true
  const notify: Deps['notify'] = notice => {
    if (notice.code === 'revocation_failed') isRevoked = false
    deps.notify?.(notice)
  }
  await (await open({ ...deps, store, notify })).disconnect()
  return (await store.read(recordKey)) === undefined ? isRevoked : undefined
}
