import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isOktaConnectError, OktaConnectError } from '../errors.js'
import { orAborted } from '../http/abort.js'
import { type CallbackPage, callbackHeaders, renderCallbackPage } from './callback-page.js'

/** The browser's return from Okta: what it brought, and the browser itself, which waits for an answer. */
export interface Callback {
  readonly parameters: URLSearchParams
  /** Sends the browser to Okta once more. */
  redirect(url: URL): Promise<void>
  /** Shows the page that ends the sign-in. */
  show(page: CallbackPage): Promise<void>
}

/** Listens at a redirect URI. */
export interface CallbackListener {
  /** The one whose port was free, as it is registered. */
  readonly redirectUri: string
  /**
   * Waits for the answer to a request, told by its `state`. Answers to other requests get a page that says so, and the
   * wait goes on.
   */
  answerTo(state: string): Promise<Callback>
  /** How many answers came that were to other requests. */
  readonly strangers: number
}

const mostPatienceMs = 2_000
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  // How often Node looks whether one of these is over; by default every 30 s.
  connectionsCheckingInterval: 1_000,
}
const mostSilent = 100

const gone: CallbackPage = {
  outcome: 'notice',
  title: 'This is not the sign-in that is waiting',
  text: 'The page belongs to an earlier sign-in, or was loaded twice. You can close it. A sign-in that waits goes on.',
}

/**
 * Listens at the first redirect URI whose port is free while `use` runs, on every loopback address that a browser may choose (RFC 8252 §7.3,
 * §8.3). A program that holds one of them would get the code: then nothing is listened to at all.
 *
 * @param redirectUris each `http:` on `localhost`, `127.0.0.1` or `[::1]`, with the port that is registered at Okta.
 * @throws {@link OktaConnectError} `callback_port_in_use`, `cancelled`, and what `use` throws.
 */
export async function withCallbackListener<T>(
  redirectUris: readonly string[],
  signal: AbortSignal | undefined,
  use: (listener: CallbackListener) => Promise<T>,
): Promise<T> {
  let waiting: { state: string; take(callback: Callback): void } | undefined
  let strangers = 0

  const onRequest = (redirectUri: URL) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.host !== redirectUri.host) return end(response, 400)
    // Not resolved against the redirect URI: a path such as // would be read as a host.
    if (!request.url?.startsWith('/')) return end(response, 400)
    const url = new URL(`${redirectUri.origin}${request.url}`)
    if (url.pathname !== redirectUri.pathname) return end(response, 404)
    if (request.method !== 'GET') return end(response, 405, { allow: 'GET' })
    const state = url.searchParams.get('state')
    if (waiting === undefined || state !== waiting.state) {
      if (state !== null) strangers += 1
      return show(response, 400, gone)
    }
    const { take } = waiting
    // The first valid answer wins: whoever repeats it gets the page for strangers.
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
      answerTo: state =>
        orAborted(
          new Promise(take => {
            waiting = { state, take }
          }),
          signal,
        ),
      get strangers() {
        return strangers
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

// On all of its addresses, or on none.
async function listenAt(redirectUri: URL, onRequest: Listeners): Promise<readonly Server[]> {
  const servers: Server[] = []
  try {
    // The address that every machine has comes first: a second one may be missing.
    for (const address of addressesOf(redirectUri)) {
      const server = createServer(limits, onRequest(redirectUri))
      letGoOfTheSilent(server)
      if (await listen(server, address, redirectUri, servers.length > 0)) servers.push(server)
    }
    return servers
  } catch (error) {
    closeAll(servers)
    throw error
  }
}

// Whoever opens connections and says nothing does not keep the browser out, which comes later: the oldest make room.
function letGoOfTheSilent(server: Server): void {
  const silent = new Set<Socket>()
  server.on('connection', socket => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
    const [oldest] = silent
    if (silent.size > mostSilent) oldest?.destroy()
  })
  server.on('request', ({ socket }) => silent.delete(socket))
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
    hint: `End a program that listens there, or register another redirect URI than ${redirectUris.join(', ')} with the app, and name it too.`,
    cause: first,
  })
}

// A browser may take either address for `localhost`.
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
    // A machine without IPv6 has nobody on it either.
    if (mayBeMissing && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return false
    const where = `${address.includes(':') ? `[${address}]` : address}:${redirectUri.port || 80}`
    throw new OktaConnectError('callback_port_in_use', `The sign-in needs ${where}, which is not free (${code}).`, {
      hint: `End the program that listens there, or register another redirect URI than ${redirectUri.href} with the app.`,
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

// Resolves when the browser has it, or has gone. A browser that does not read must not hold up a sign-in.
async function finish(response: ServerResponse, body: string): Promise<void> {
  if (response.destroyed) return
  await new Promise<void>(resolve => {
    const patience = setTimeout(resolve, mostPatienceMs)
    response.once('close', () => {
      clearTimeout(patience)
      resolve()
    })
    response.end(body)
  })
}
