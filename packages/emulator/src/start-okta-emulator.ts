import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { checkOptions } from './config/check-options.js'
import type { ClientKind, EmulatorOptions } from './config/options.js'
import { type Controls, controlsOf } from './control-panel/controls.js'
import { requestHandler } from './http/handle-request.js'
import type { LoggedRequest } from './http/request-log.js'
import { canonicalPath } from './http/routing/match-path.js'
import { reportWrongProtocol } from './http/wrong-protocol.js'
import { createProvider } from './oidc/create-provider.js'
import { importOidcProvider } from './oidc/import-provider.js'
import { describeApp, type EmulatorClient } from './org/apps/app.js'
import { createOrg, type Org } from './org/org.js'
import type { StaticToken } from './org/tokens/api-tokens.js'
import type { EmulatorUser } from './org/users/user.js'

const LOOPBACK = '127.0.0.1'

/** A running emulator. */
export interface OktaEmulator extends AsyncDisposable, Controls {
  /** The org URL: the tenant to configure, and the issuer of the org authorization server. */
  readonly orgUrl: URL
  /** The address that the emulator listens on. It differs from `orgUrl` only when the `orgUrl` option is set. */
  readonly localUrl: URL
  readonly clients: readonly EmulatorClient[]
  readonly users: readonly EmulatorUser[]
  /** The static API tokens (`Authorization: SSWS …`). */
  readonly apiTokens: readonly StaticToken[]
  /**
   * Returns the first app of a kind. Without `dpop`, an app that does not require DPoP is preferred.
   *
   * @throws {Error} when the org has no such app
   */
  client(kind: ClientKind, options?: { readonly dpop?: boolean }): EmulatorClient
  /** The requests that the emulator received, oldest first. Secrets are masked. */
  readonly requests: readonly LoggedRequest[]
  clearRequests(): void
  /** Stops listening and closes all connections. Calling it again has no effect. */
  close(): Promise<void>
}

/**
 * Starts an emulated Okta org on this machine. A process can run many at once. Orgs without a `seed` share their RSA
 * keys, which are generated once per process, and nothing else.
 *
 * @throws {TypeError} when an option is unknown or invalid
 * @throws {Error} with `code` `EADDRINUSE` when the port is in use
 * @example
 * await using okta = await startOktaEmulator()
 * const { clientId, jwk } = okta.client('service')
 */
export async function startOktaEmulator(options: EmulatorOptions = {}): Promise<OktaEmulator> {
  await checkOptions(options)
  let handler: RequestListener = (_request, response) => response.writeHead(503).end()
  const listener: RequestListener = (request, response) => handler(request, response)
  const server = options.tls ? createTlsServer({ ...options.tls }, listener) : createServer(listener)
  // Listen first: the port is part of the issuer, which the constructor of oidc-provider requires.
  const port = await listen(server, options.port ?? 0)
  try {
    const localUrl = new URL(`${options.tls ? 'https' : 'http'}://${LOOPBACK}:${port}`)
    // RSA keys are generated in other threads while oidc-provider loads.
    const [org] = await Promise.all([
      createOrg(new URL(new URL(options.orgUrl ?? localUrl).origin), options),
      importOidcProvider(),
    ])
    if (options.onNotice) reportWrongProtocol(server, localUrl, options.onNotice)
    const reload = async () => {
      handler = await createHandler(org, controls)
    }
    const { end, ...listener } = listenerOf(server, port)
    const controls = controlsOf(org, { ...listener, reload })
    await reload()
    return emulatorOf(org, localUrl, end, controls)
  } catch (error) {
    await close(server)
    throw error
  }
}

/** Routes each request to the authorization server of its path; all other paths belong to the org authorization server. */
async function createHandler(org: Org, controls: Controls): Promise<RequestListener> {
  const callbacks = await Promise.all(
    org.servers.map(async server => {
      const backend = await createProvider(org, server)
      // The types of oidc-provider lack the event of Koa.
      const koa: NodeJS.EventEmitter = backend.provider
      koa.on('error', reportError)
      backend.provider.use(requestHandler({ org, server, backend }, { org, controls }))
      return { base: server.base, callback: backend.provider.callback() }
    }),
  )
  const [orgCallback, ...custom] = callbacks
  return (request, response) => {
    request.url = canonicalUrl(request.url ?? '/')
    const found = custom.find(({ base }) => request.url?.startsWith(`${base}/`)) ?? orgCallback
    return found?.callback(request, response)
  }
}

/** A client that drops the connection is not an error of the emulator. */
function reportError(error: Error & { code?: string }): void {
  const isClient = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? '')
  if (!isClient && error.message !== 'aborted') process.stderr.write(`okta-emulator: ${error.stack}\n`)
}

function canonicalUrl(url: string): string {
  // A proxy sends the absolute form (RFC 9112 §3.2.2).
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) {
    const { pathname, search } = new URL(url)
    return canonicalUrl(pathname + search)
  }
  const path = url.split('?', 1)[0] ?? '/'
  return canonicalPath(path) + url.slice(path.length)
}

function emulatorOf(org: Org, localUrl: URL, end: () => Promise<void>, controls: Controls): OktaEmulator {
  const describeAll = () => [...org.apps.values()].map(describeApp)
  let closing: Promise<void> | undefined
  const closeOnce = () => {
    closing ??= end()
    return closing
  }
  return {
    orgUrl: org.url,
    localUrl,
    ...controls,
    get clients() {
      return describeAll()
    },
    users: org.users,
    apiTokens: org.apiTokens.all,
    client(kind, { dpop } = {}) {
      const ofKind = describeAll().filter(client => client.kind === kind)
      const found =
        ofKind.find(client => client.dpop === (dpop ?? false)) ?? (dpop === undefined ? ofKind[0] : undefined)
      if (found === undefined)
        throw new Error(`The emulated org has no ${kind} app${dpop ? ' that requires DPoP' : ''}.`)
      return found
    },
    get requests() {
      return org.log.entries
    },
    clearRequests: () => org.log.clear(),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  }
}

/** Stops and resumes listening on a port. After `end`, `resume` has no effect. */
function listenerOf(server: Server, port: number) {
  const ending = new AbortController()
  const stop = () => close(server)
  const resume = async () => {
    if (!ending.signal.aborted && !server.listening) await listen(server, port)
  }
  const end = () => {
    ending.abort()
    return close(server)
  }
  return { stop, resume, end, ended: ending.signal }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => {
    server.close(() => resolve())
  })
  server.closeAllConnections()
  await closed
}
