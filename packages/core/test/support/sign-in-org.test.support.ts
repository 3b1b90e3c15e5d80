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
import type { TokenStore } from '../../src/stores/token-store.js'

/** A user with a scripted browser. Records each URL that is opened and the page that each sign-in ends at. */
export class TestUser {
  readonly browser: ScriptedBrowser
  readonly openedUrls: URL[] = []
  /** The last page of each sign-in, including the page that the callback listener returns. */
  readonly pages: Promise<BrowserPage>[] = []

  constructor(
    okta: OktaEmulator,
    readonly credentials: Credentials | undefined = okta.users[0],
  ) {
    this.browser = new ScriptedBrowser(okta)
  }

  /** For `Deps.openBrowser`: returns at once and signs in in the background. */
  readonly openBrowser = async (url: URL): Promise<void> => {
    this.openedUrls.push(url)
    const page = this.browser.visit(url, this.credentials)
    page.catch(() => {})
    this.pages.push(page)
  }

  /** Signs in at an authorization URL and returns the callback URL without opening it. */
  async signIn(authorizationUrl: URL): Promise<URL> {
    if (this.credentials === undefined) throw new Error('the org has no such user')
    return await this.browser.signIn(authorizationUrl, this.credentials)
  }
}

/** A redirect URI on a free port, so that test files can run in parallel. */
export async function freeRedirectUri(): Promise<string> {
  return `http://localhost:${await freePort()}/login/callback`
}

/** An org with apps that users sign in to, and the options to connect to each app. */
export interface SignInOrg extends AsyncDisposable {
  readonly okta: OktaEmulator
  readonly redirectUri: string
  /** The options of an SPA (0), a native app (1), an SPA without refresh tokens (2), or an app that requires DPoP (3). */
  app(
    index?: number,
    more?: Partial<CommonOptions & AuthorizationCodeOptions>,
  ): CommonOptions & AuthorizationCodeOptions
}

/** Starts a {@link SignInOrg} whose apps redirect to a free port. */
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
      // Longer than the time limit of a test.
      timeoutMs: 60_000,
      ...more,
    }),
    [Symbol.asyncDispose]: () => okta.close(),
  }
}

/** An org that the tests of a file share. Each test starts with an empty store and without recorded requests. */
export interface SharedSignInOrg extends Pick<SignInOrg, 'okta' | 'app' | 'redirectUri'> {
  readonly deps: Pick<Deps, 'store' | 'notify'>
  /** The notices of the current test. */
  readonly notices: readonly Notice[]
  /** The requests to the token endpoint in the current test. */
  tokenRequests(): OktaEmulator['requests']
}

/** Starts a {@link SharedSignInOrg} for the tests of a file. Use it only inside tests. */
export function useSignInOrg(): SharedSignInOrg {
  let org: SignInOrg
  let store: TokenStore
  const notices: Notice[] = []
  beforeAll(async () => {
    org = await startSignInOrg()
  })
  afterAll(() => org.okta.close())
  beforeEach(() => {
    org.okta.clearRequests()
    notices.length = 0
    store = createMemoryStore()
  })
  return {
    get okta() {
      return org.okta
    },
    get redirectUri() {
      return org.redirectUri
    },
    get deps() {
      return { store, notify: (notice: Notice) => void notices.push(notice) }
    },
    app: (index, more) => org.app(index, more),
    notices,
    tokenRequests: () => org.okta.requests.filter(({ path }) => path === '/oauth2/v1/token'),
  }
}

/** Returns an `openBrowser` that calls `visit` and does not wait for it. */
export const browserStub = (visit: (url: URL) => unknown) => async (url: URL) => void visit(url)

/** An `openBrowser` for tests that must not open a browser. */
export const rejectBrowser = () => Promise.reject(new Error('the browser was opened'))

/** Returns a `fetch` that calls `send` for requests to the token endpoint only. */
export const forTokenRequests =
  (send: typeof fetch): typeof fetch =>
  async (input, init) =>
    await (String(input).endsWith('/token') ? send : fetch)(input, init)
