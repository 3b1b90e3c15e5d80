import type { ConnectOptions, Deps, OktaSession } from '@connect-okta/core'
import type { SignInOptions } from '@connect-okta/core/sign-in'
import { createMemoryStore, type Login, listLogins, type TokenRecord, type TokenStore } from '@connect-okta/core/stores'

/** Whether the tokens of a session are those of a user. */
export function isUserGrant({ grant }: OktaSession): boolean {
  return grant === 'authorization_code' || grant === 'device_code'
}

/** What is stored for a session, the latest first: one record, or one for each key that an app has had. */
export async function storedLogins(
  session: OktaSession,
  options: ConnectOptions,
  deps: Partial<Deps>,
): Promise<readonly Login[]> {
  const loginHint = (options as SignInOptions).loginHint?.trim() || undefined
  return (await listLogins(deps)).filter(
    ({ identity, ...login }) =>
      (isUserGrant(session) ? identity.type === 'user' && identity.loginHint === loginHint : identity.type === 'app') &&
      login.orgUrl === session.orgUrl.origin &&
      login.clientId === session.clientId &&
      login.authorizationServer === session.authorizationServer &&
      login.scopes.join(' ') === session.scopes.join(' '),
  )
}

/** A token that was renewed since, and the record that has the current one. */
interface Earlier {
  readonly token: string
  readonly recordKey: string
  readonly record: TokenRecord
}

/**
 * Revokes an earlier token, by a session with a store of its own, so that the current one stays.
 *
 * @returns whether it was revoked; `undefined` when the record belongs to another key of the app.
 */
export async function revokeEarlier<D extends Partial<Deps>>(
  { token, recordKey, record }: Earlier,
  open: (deps: D & { readonly store: TokenStore }) => Promise<OktaSession>,
  deps: D,
): Promise<boolean | undefined> {
  const { refreshToken: _ofCurrent, ...rest } = record
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
