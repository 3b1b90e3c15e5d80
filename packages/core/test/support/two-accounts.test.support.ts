import type { Credentials } from '@connect-okta/emulator'
import { beforeEach } from 'vitest'
import { connect, type Deps, type OktaSession } from '../../src/index.js'
import { type SharedSignInOrg, TestUser, useSignInOrg } from './sign-in-org.test.support.js'

/** An org in which every user can sign in to the same app with the same store. */
export interface TwoAccounts {
  readonly org: SharedSignInOrg
  /** A monotonic clock that only {@link advance} moves, so that no test waits until a session reads the store again. */
  readonly clock: Pick<Deps, 'monotonicNow'>
  advance(seconds: number): void
  user(index: number): Credentials
  signInAs(index: number, more?: object): Promise<OktaSession>
}

/** Starts {@link TwoAccounts} for the tests of a file. Use it only inside tests. */
export function useTwoAccounts(): TwoAccounts {
  const org = useSignInOrg()
  let seconds = 0
  const clock = { monotonicNow: () => seconds * 1000 }
  beforeEach(() => {
    seconds = 0
  })
  const user = (index: number) => org.okta.users[index] ?? { login: '', password: '' }
  return {
    org,
    clock,
    advance(passed) {
      seconds += passed
    },
    user,
    signInAs: (index, more = {}) =>
      connect(
        { ...org.app(), forceLogin: true, ...more },
        { ...org.deps, ...clock, openBrowser: new TestUser(org.okta, user(index)).openBrowser },
      ),
  }
}

/** Removes the ID token from each token response. A server may omit it in a refresh (OpenID Connect Core §12.2). */
export const withoutIdToken: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (!String(input).endsWith('/token')) return response
  const { id_token: _removed, ...rest } = (await response.json()) as Record<string, unknown>
  return Response.json(rest, { status: response.status })
}
