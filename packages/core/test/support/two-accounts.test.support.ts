import type { Credentials } from '@connect-okta/emulator'
import { beforeEach } from 'vitest'
import { connect, type Deps, type Notice, type OktaSession } from '../../src/index.js'
import { inSignInOrg, Person, type SignInSetting } from './person.test.support.js'

/** An org in which each of its users can sign in to the same app and the same store. */
export interface AccountSetting extends SignInSetting {
  /** The monotonic clock, which only {@link pass} moves, so that no test waits for the next look at the store. */
  readonly clocks: Pick<Deps, 'monotonicNow'>
  pass(seconds: number): void
  user(index: number): Credentials
  signInAs(index: number, more?: object): Promise<OktaSession>
}

/** Has every test of a file begin in an {@link AccountSetting}, which `use` gets. Notices go into `notices`. */
export function inTwoAccounts(notices: Notice[], use: (setting: AccountSetting) => void): void {
  let seconds = 0
  const clocks = { monotonicNow: () => seconds * 1000 }
  beforeEach(() => {
    seconds = 0
  })
  inSignInOrg(notices, setting => {
    const { okta, app, deps } = setting
    const user = (index: number) => okta.users[index] ?? { login: '', password: '' }
    use({
      ...setting,
      clocks,
      pass: passed => {
        seconds += passed
      },
      user,
      signInAs: (index, more = {}) =>
        connect(
          { ...app(), forceLogin: true, ...more },
          { ...deps, ...clocks, openBrowser: new Person(okta, user(index)).openBrowser },
        ),
    })
  })
}

/** Leaves the ID token out of each token response, as a server may in a refresh (OpenID Connect Core §12.2). */
export const withoutIdToken: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (!String(input).endsWith('/token')) return response
  const { id_token: _left, ...rest } = (await response.json()) as Record<string, unknown>
  return Response.json(rest, { status: response.status })
}
