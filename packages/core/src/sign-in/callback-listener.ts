import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isOktaConnectError, OktaConnectError } from '../errors.js'
import { orAborted } from '../http/abort.js'
import { type CallbackPage, callbackHeaders, renderCallbackPage } from './callback-page.js'

/** A callback: the request with which the browser returns from Okta. The browser waits for the response. */
export interface Callback {
  readonly parameters: URLSearchParams
  /** Redirects the browser to Okta again. */
  redirect(url: URL): Promise<void>
  /** Shows the page that ends the sign-in. */
  show(page: CallbackPage): Promise<void>
}

/** An HTTP server at a redirect URI. */
export interface CallbackListener {
  /** The one whose port was free, as it is registered. */
  readonly redirectUri: string
  /**
   * Waits for the callback with a `state`. The browser shows a notice for callbacks with another one.
   *
   * @throws {@link OktaConnectError} `cancelled`
   */
  callbackFor(state: string): Promise<Callback>
  /** How many callbacks had another `state`. */
  readonly unmatchedCallbacks: number
}

const maxResponseMs = 2_000
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  // How often Node checks these limits. Default: every 30 s.
  connectionsCheckingInterval: 1_000,
}
const maxIdleConnections = 100

const unmatchedPage: CallbackPage = {
  outcome: 'notice',
  title: 'This page does not belong to the current sign-in',
  text: 'It belongs to an earlier sign-in, or was loaded twice. You can close it and continue with the current sign-in.',
}

/**
 * Runs an HTTP server at the first redirect URI whose port is free while `use` runs, on every loopback address that a browser
 * may choose (RFC 8252 §7.3, §8.3). Another program at one of the addresses could receive the code: then the port counts as in
 * use.
 *
 * @param redirectUris each `http:` on `localhost`, `127.0.0.1` or `[::1]`, with the port that is registered with the app.
 * @throws {@link OktaConnectError} `callback_port_in_use`, `cancelled`, and what `use` throws
 */
export async function withCallbackListener<T>(
  redirectUris: readonly string[],
  signal: AbortSignal | undefined,
  use: (listener: CallbackListener) => Promise<T>,
): Promise<T> {
  let waiting: { state: string; take(callback: Callback): void } | undefined
  let unmatchedCallbacks = 0

  const onRequest = (redirectUri: URL) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.host !== redirectUri.host) return end(response, 400)
    // Not resolved against the redirect URI: a path such as // would be parsed as a host.
    if (!request.url?.startsWith('/')) return end(response, 400)
    const url = new URL(`${redirectUri.origin}${request.url}`)
    if (url.pathname !== redirectUri.pathname) return end(response, 404)
    if (request.method !== 'GET') return end(response, 405, { allow: 'GET' })
    const state = url.searchParams.get('state')
    if (waiting === undefined || state !== waiting.state) {
      if (state !== null) unmatchedCallbacks += 1
      return show(response, 400, unmatchedPage)
    }
    const { take } = waiting
    // The first valid callback is used. A repeated one counts as unmatched.
    waiting = undefined
    take({
      parameters: url.searchParams,
      redirect: async target => void (await end(response, 302, { location: target.href })),
      show: page => show(response, page.outcome === 'failure' ? 400 : 200, page),
    })
  }

  const { servers, redirectUri } = await listenAtFirstFree(redirectUris, onRequest)
  try {
    const listener: CallbackListener = {
      redirectUri,
      callbackFor: state =>
        orAborted(
          new Promise(take => {
            waiting = { state, take }
          }),
          signal,
        ),
      get unmatchedCallbacks() {
        return unmatchedCallbacks
      },
    }
    return await use(listener)
  } finally {
    closeAll(servers)
  }
}

type Listeners = (redirectUri: URL) => RequestListener

async function listenAtFirstFree(redirectUris: readonly string[], onRequest: Listeners) {
  const busy: OktaConnectError[] = []
  for (const redirectUri of redirectUris) {
    try {
      return { redirectUri, servers: await listenAt(new URL(redirectUri), onRequest) }
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
      busy.push(error)
    }
  }
  throw portsInUse(redirectUris, busy)
}

// Listens on all addresses, or on none.
async function listenAt(redirectUri: URL, onRequest: Listeners): Promise<readonly Server[]> {
  const servers: Server[] = []
  try {
    // Every machine has the first address. The second one may be missing.
    for (const address of addressesOf(redirectUri)) {
      const server = createServer(limits, onRequest(redirectUri))
      limitIdleConnections(server)
      if (await listen(server, address, redirectUri, servers.length > 0)) servers.push(server)
    }
    return servers
  } catch (error) {
    closeAll(servers)
    throw error
  }
}

// A client that opens many connections without a request must not block the browser: the oldest are closed.
function limitIdleConnections(server: Server): void {
  const idle = new Set<Socket>()
  server.on('connection', socket => {
    idle.add(socket)
    socket.once('close', () => idle.delete(socket))
    const [oldest] = idle
    if (idle.size > maxIdleConnections) oldest?.destroy()
  })
  server.on('request', ({ socket }) => idle.delete(socket))
}

function closeAll(servers: readonly Server[]): void {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
}

function portsInUse(redirectUris: readonly string[], busy: readonly OktaConnectError[]): OktaConnectError {
  const [first] = busy
  if (busy.length === 1 && first !== undefined) return first
  return new OktaConnectError('callback_port_in_use', busy.map(({ message }) => message).join(' '), {
    hint: `Stop a program that uses one of these ports, or register another redirect URI than ${redirectUris.join(', ')} with the app, and use it.`,
    cause: first,
  })
}

// A browser may use either address for `localhost`.
function addressesOf({ hostname }: URL): readonly string[] {
  return hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[|\]$/g, '')]
}

async function listen(server: Server, address: string, redirectUri: URL, mayBeMissing: boolean): Promise<boolean> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port: Number(redirectUri.port || 80), host: address, exclusive: true }, resolve)
    })
    return true
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    // On a machine without IPv6, no program can listen on it.
    if (mayBeMissing && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return false
    const where = `${address.includes(':') ? `[${address}]` : address}:${redirectUri.port || 80}`
    throw new OktaConnectError('callback_port_in_use', `The sign-in needs ${where}, which is in use (${code}).`, {
      hint: `Stop the program that uses the port, or register another redirect URI than ${redirectUri.href} with the app, and use it.`,
      remedy: { id: 'change_redirect_uri', redirectUri: redirectUri.href },
      cause,
    })
  }
}

async function show(response: ServerResponse, status: number, page: CallbackPage): Promise<void> {
  await finish(response.writeHead(status, callbackHeaders), renderCallbackPage(page))
}

async function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): Promise<void> {
  await finish(response.writeHead(status, { ...callbackHeaders, ...headers }), '')
}

// Resolves when the browser has received it or has disconnected. A browser that does not read must not delay the sign-in.
async function finish(response: ServerResponse, body: string): Promise<void> {
  if (response.destroyed) return
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, maxResponseMs)
    response.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    response.end(body)
  })
}
