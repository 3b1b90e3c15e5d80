import { type ClientConfig, freePort, type OktaEmulator } from '@connect-okta/emulator'
import { type ProgramOptions, startProgram } from './program.js'
import { startTlsOrg, type TlsOrg } from './tls-org.js'

/** A web application that signs users in with a library. It shows `Signed in: SUBJECT NAME` or `Signed out` at `/`. */
export interface WebApp {
  readonly name: string
  /** Whether a program that it requires is missing. */
  readonly isMissing: boolean
  /** Default: `http`. */
  readonly scheme?: 'http' | 'https'
  readonly callbackPath: string
  /** The path to which the org redirects after the user signed out. Default: the app cannot sign users out. */
  readonly signedOutPath?: string
  /** The path at which the app signs a user out. Default: `/logout`. */
  readonly signOutPath?: (appUrl: string) => string
  /** How the app authenticates at the token endpoint, as in metadata. */
  readonly method: 'client_secret_basic' | 'client_secret_post'
  /** Whether the app pushes its authorization requests (RFC 9126), so that it gets their errors itself. Default: false. */
  readonly pushesRequests?: boolean
  /** Requests of a sign-in: method, path and status. */
  readonly requests: readonly string[]
  /** Prepares the app before the first start, for example by compiling it. */
  prepare?(): Promise<void>
  /** How to start the app. `settings` are variables: ORG_URL, CLIENT_ID, CLIENT_SECRET, APP_URL, PORT, and trust in the org. */
  start(settings: Readonly<Record<string, string>>, org: TlsOrg): ProgramOptions | Promise<ProgramOptions>
}

/** A running {@link WebApp} with an org of its own. */
export interface RunningWebApp extends AsyncDisposable {
  readonly okta: OktaEmulator
  readonly url: string
  readonly redirectUri: string
  readonly clientId: string
  /** Starts the app again with other variables. Without variables, as at first. */
  restart(changes?: Readonly<Record<string, string>>): Promise<void>
  /** What the app printed since its last start. */
  printed(): string
}

/** Starts a web app and an org for it. */
export async function startWebApp(app: WebApp): Promise<RunningWebApp> {
  await app.prepare?.()
  const port = await freePort()
  const url = `${app.scheme ?? 'http'}://localhost:${port}`
  const redirectUri = `${url}${app.callbackPath}`
  const client: ClientConfig = {
    kind: 'web',
    redirectUris: [redirectUri],
    ...(app.signedOutPath === undefined ? {} : { postLogoutRedirectUris: [`${url}${app.signedOutPath}`] }),
  }
  const org = await startTlsOrg({ clients: [client] })
  const { clientId, clientSecret = '' } = org.okta.client('web')
  const settings = {
    ...org.trust,
    ORG_URL: org.okta.orgUrl.origin,
    CLIENT_ID: clientId,
    CLIENT_SECRET: clientSecret,
    APP_URL: url,
    PORT: String(port),
  }
  const start = async (changes: Readonly<Record<string, string>>) =>
    startProgram(await app.start({ ...settings, ...changes }, org), port)
  let program = await start({})
  return {
    okta: org.okta,
    url,
    redirectUri,
    clientId,
    async restart(changes = {}) {
      await program[Symbol.asyncDispose]()
      program = await start(changes)
    },
    printed: () => program.printed(),
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]()
      await org[Symbol.asyncDispose]()
    },
  }
}
