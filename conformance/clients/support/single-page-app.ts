import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { basename } from 'node:path'
import { freePort, type OktaEmulator } from '@connect-okta/emulator'
import { startTlsOrg } from './tls-org.js'

/** A single-page app that uses a library, at an org of its own. Both serve HTTPS, as browsers require for cryptography. */
export interface SinglePageApp extends AsyncDisposable {
  readonly okta: OktaEmulator
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
 * @param site whether the org is at the site of the app, as with a custom domain. At another site, Chromium does not send its cookies
 *   in frames.
 */
export async function startSinglePageApp(
  page: URL,
  library: string,
  site: 'same site' | 'another site',
): Promise<SinglePageApp> {
  const [script, html] = [
    await readFile(new URL(`../../node_modules/${library}`, import.meta.url)),
    await readFile(page),
  ]
  const [port, orgPort] = [await freePort(), await freePort()]
  const origin = `https://localhost:${port}`
  const redirectUri = `${origin}/login/callback`
  const org = await startTlsOrg({
    port: orgPort,
    orgUrl: `https://${site === 'same site' ? 'localhost' : '127.0.0.1'}:${orgPort}`,
    clients: [{ kind: 'spa', redirectUris: [redirectUri], postLogoutRedirectUris: [`${origin}/`] }],
    trustedOrigins: [origin],
    authorizationServers: [{ id: 'default' }],
  })
  const server = createServer(org.certificate, ({ url }, response) => {
    if (url === `/${basename(library)}`) response.setHeader('content-type', 'text/javascript').end(script)
    else if (url === '/configuration') response.end(JSON.stringify(app.configuration))
    else response.setHeader('content-type', 'text/html').end(html)
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const { okta } = org
  const app: SinglePageApp = {
    okta,
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
