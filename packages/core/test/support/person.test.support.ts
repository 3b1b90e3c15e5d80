import {
  type BrowserPage,
  type Credentials,
  freePort,
  type OktaEmulator,
  ScriptedBrowser,
  startOktaEmulator,
} from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { AuthorizationCodeOptions, CommonOptions } from '../../src/config/connect-options.js'
import type { Deps, Notice } from '../../src/index.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'

/** A person at a browser: remembers what was opened for them, and how it ended. */
export class Person {
  readonly browser: ScriptedBrowser
  /** Every URL that was opened for them. */
  readonly opened: URL[] = []
  /** The pages at which each sign-in ended, this program's own page among them. */
  readonly pages: Promise<BrowserPage>[] = []

  constructor(
    okta: OktaEmulator,
    readonly user: Credentials | undefined = okta.users[0],
  ) {
    this.browser = new ScriptedBrowser(okta)
  }

  /** As `Deps.openBrowser`: returns at once, the person takes their time. */
  readonly openBrowser = async (url: URL): Promise<void> => {
    this.opened.push(url)
    const page = this.browser.visit(url, this.user)
    page.catch(() => {})
    this.pages.push(page)
  }
}

/** A redirect URI on a port that is free, so that suites can run side by side. */
export async function freeRedirectUri(): Promise<string> {
  return `http://localhost:${await freePort()}/login/callback`
}

/** An org with apps that people sign in to, and the options to connect to each. */
export interface SignInOrg extends AsyncDisposable {
  readonly okta: OktaEmulator
  readonly redirectUri: string
  /** Of an SPA (0), a native app (1), an SPA without refresh tokens (2), and one that demands DPoP (3). */
  app(
    index?: number,
    more?: Partial<CommonOptions & AuthorizationCodeOptions>,
  ): CommonOptions & AuthorizationCodeOptions
}

/** Starts a {@link SignInOrg} whose apps come back to a port that is free. */
export async function startSignInOrg(): Promise<SignInOrg> {
  const redirectUri = await freeRedirectUri()
  const redirectUris = [redirectUri]
  const okta = await startOktaEmulator({
    clients: [
      { kind: 'spa', redirectUris },
      { kind: 'native', redirectUris },
      { kind: 'spa', redirectUris, refreshTokens: 'none' },
      { kind: 'spa', redirectUris, dpop: true },
    ],
  })
  return {
    okta,
    redirectUri,
    app: (index = 0, more = {}) => ({
      tenant: okta.orgUrl.origin,
      clientId: okta.clients[index]?.clientId ?? '',
      scopes: ['okta.users.read'],
      redirectUri,
      // A test that hangs ends by its own time limit.
      timeoutMs: 60_000,
      ...more,
    }),
    [Symbol.asyncDispose]: () => okta.close(),
  }
}

/** An org, a store and an ear, anew for each test of a file. */
export interface SignInSetting extends Pick<SignInOrg, 'okta' | 'app' | 'redirectUri'> {
  readonly org: SignInOrg
  readonly deps: Pick<Deps, 'store' | 'notify'>
}

/** Has every test of a file begin in a {@link SignInSetting}, which `use` hears. What is told goes into `notices`. */
export function inSignInOrg(notices: Notice[], use: (setting: SignInSetting) => void): void {
  let org: SignInOrg
  beforeAll(async () => {
    org = await startSignInOrg()
  })
  afterAll(() => org.okta.close())
  beforeEach(() => {
    org.okta.clearRequests()
    notices.length = 0
    const { okta, app, redirectUri } = org
    use({ org, okta, app, redirectUri, deps: { store: createMemoryStore(), notify: notice => notices.push(notice) } })
  })
}

/** A browser that comes back from the URL by `act`, in its own time. */
export const browserThat = (act: (url: URL) => unknown) => async (url: URL) => void act(url)
