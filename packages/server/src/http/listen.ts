import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import type { ListenAddress } from '../config/listen-address.js'
import type { TlsPem } from '../config/tls/tls-pem.js'
import { listenError } from './listen-error.js'
import { answerOtherProtocols, type Report } from './other-protocols.js'

/** A server that accepts connections. */
export interface Listening {
  readonly port: number
  /** Uses another certificate for new connections. It was checked before. */
  renewTls(pem: TlsPem): void
  /** Closes the ports, waits for requests in progress, and closes the connections that are left after a time. */
  drain(timeoutMs: number): Promise<void>
}

const firstRequestMs = 1_000
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  // Longer than the keep-alive of a proxy in front, which is usually a minute: the proxy must close first.
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
  requireHostHeader: true,
}

/**
 * Listens on every host of an address.
 *
 * @param report receives a sentence about clients that use another protocol.
 * @throws {@link OktaConnectError} `port_in_use` when the port is in use, `options_invalid`
 */
export async function listen(
  { hosts, port }: ListenAddress,
  listener: RequestListener,
  report: Report,
  tls?: TlsPem,
): Promise<Listening> {
  const servers: TrackedServer[] = []
  let actualPort = port
  for (const host of hosts) {
    const server = tls === undefined ? createServer(limits) : createTlsServer({ ...limits, ...tls })
    // Node would drop the headers beyond its limit. guard-headers.ts rejects such a request instead.
    server.maxHeadersCount = 0
    try {
      server.listen(actualPort, host)
      await once(server, 'listening')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // A machine without IPv6 has one loopback address.
      if (servers.length > 0 && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue
      for (const opened of servers) opened.server.close()
      throw listenError(host, actualPort, error)
    }
    const address = server.address()
    if (typeof address === 'object' && address !== null) actualPort = address.port
    servers.push(track(server, listener, report))
  }
  return {
    port: actualPort,
    renewTls(pem) {
      for (const { server } of servers) if ('setSecureContext' in server) server.setSecureContext(pem)
    },
    drain: async timeoutMs => void (await Promise.all(servers.map(one => drain(one, timeoutMs)))),
  }
}

interface TrackedServer {
  readonly server: Server | TlsServer
  /** All connections, also those whose TLS handshake has not begun. */
  readonly sockets: Set<Socket>
  /** Resolves when no request is in progress. */
  idle(): Promise<void>
}

function track(server: Server | TlsServer, listener: RequestListener, report: Report): TrackedServer {
  const sockets = new Set<Socket>()
  let active = 0
  let onIdle = () => {}
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => {
    active += 1
    response.once('close', () => {
      active -= 1
      if (active === 0) onIdle()
    })
    listener(request, response)
  })
  answerOtherProtocols(server, report)
  const idle = () =>
    new Promise<void>(resolve => {
      onIdle = resolve
      if (active === 0) resolve()
    })
  return { server, sockets, idle }
}

async function drain({ server, sockets, idle }: TrackedServer, timeoutMs: number): Promise<void> {
  const closed = once(server, 'close')
  // Accepts the connections that wait, which would be reset.
  await setImmediate()
  server.close()
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs)
  // Node does not close connections on which no request was sent. On those that were accepted a moment ago, one is on its way.
  const grace = setTimeout(
    () =>
      void idle().then(() => {
        for (const socket of sockets) socket.destroySoon()
      }),
    Math.min(timeoutMs, firstRequestMs),
  )
  await closed
  clearTimeout(timer)
  clearTimeout(grace)
}
