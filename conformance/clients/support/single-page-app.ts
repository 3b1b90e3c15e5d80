import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { basename } from 'node:path'
import { type ClientConfig, freePort, type OktaEmulator } from '@connect-okta/emulator'
import { startTlsOrg } from './tls-org.js'

/** A single-page app that uses a library, at an org of its own. Both serve HTTPS, as browsers require for cryptography. */
export interface SinglePageApp extends AsyncDisposable {
  readonly okta: OktaEmulator
  /** A temporary folder, which is removed with the app. */
  readonly folder: string
  readonly origin: string
  readonly redirectUri: string
  /** What the page gets from `/configuration`. */
  configuration: {
    readonly issuer: string
    readonly clientId: string
    readonly scopes: readonly string[]
    /** Whether the app requests tokens that are bound to a key. Default: false. */
    readonly dpop?: boolean
  }
}

/**
 * Starts a {@link SinglePageApp}.
 *
 * @param page the page that the app serves at every path
 * @param library the script of the page, as a path below `node_modules`
 */
export async function startSinglePageApp(
  page: URL,
  library: string,
  client: Partial<ClientConfig> = {},
): Promise<SinglePageApp> {
  const [script, html] = [
    await readFile(new URL(`../../node_modules/${library}`, import.meta.url)),
    await readFile(page),
  ]
  const port = await freePort()
  const origin = `https://localhost:${port}`
  const redirectUri = `${origin}/login/callback`
  const org = await startTlsOrg({
    clients: [{ kind: 'spa', redirectUris: [redirectUri], postLogoutRedirectUris: [`${origin}/`], ...client }],
    trustedOrigins: [origin],
    authorizationServers: [{ id: 'default' }],
  })
  const server = createServer(org.certificate, ({ url }, response) => {
    if (url === `/${basename(library)}`) response.setHeader('content-type', 'text/javascript').end(script)
    else if (url === '/configuration') response.end(JSON.stringify(app.configuration))
    else response.setHeader('content-type', 'text/html').end(html)
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const { okta, folder } = org
  const app: SinglePageApp = {
    okta,
    folder,
    origin,
    redirectUri,
    configuration: {
      issuer: new URL('/oauth2/default', okta.orgUrl).href,
      clientId: okta.client('spa').clientId,
      scopes: ['openid', 'profile', 'email'],
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await org[Symbol.asyncDispose]()
    },
  }
  return app
}
