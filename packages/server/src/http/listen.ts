import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { OktaConnectError } from '@connect-okta/core'
import type { ListenAddress } from '../config/listen-address.js'
import type { TlsPem } from '../config/tls-pem.js'

/** A listening server. */
export interface Listening {
  readonly port: number
  /** Takes a renewed certificate, which was checked. */
  renewTls(pem: TlsPem): void
  /** Takes no new connections, lets those end that are at work, and after a while ends them. */
  drain(withinMs: number): Promise<void>
}

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  // Longer than a proxy in front keeps its own, usually a minute: who closes first must not be us.
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
  requireHostHeader: true,
}

/**
 * Listens at every host of an address.
 *
 * @throws {@link OktaConnectError} `callback_port_in_use` where the port is taken, `options_invalid`
 */
export async function listen(
  { hosts, port }: ListenAddress,
  listener: RequestListener,
  tls?: TlsPem,
): Promise<Listening> {
  const servers: Served[] = []
  let chosen = port
  for (const host of hosts) {
    const server = tls === undefined ? createServer(limits) : createTlsServer({ ...limits, ...tls })
    // Without this limit of Node, which drops what is beyond it: guard-headers.ts refuses a request with too many.
    server.maxHeadersCount = 0
    try {
      server.listen(chosen, host)
      await once(server, 'listening')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // A machine without IPv6 has one loopback address.
      if (servers.length > 0 && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue
      for (const opened of servers) opened.server.close()
      throw cannotListen(host, chosen, error)
    }
    const address = server.address()
    if (typeof address === 'object' && address !== null) chosen = address.port
    servers.push(served(server, listener))
  }
  return {
    port: chosen,
    renewTls(pem) {
      for (const { server } of servers) if ('setSecureContext' in server) server.setSecureContext(pem)
    },
    drain: async withinMs => void (await Promise.all(servers.map(one => drained(one, withinMs)))),
  }
}

interface Served {
  readonly server: Server | TlsServer
  /** All connections, also those on which TLS has not begun. */
  readonly sockets: Set<Socket>
  /** Resolves when there is no request in progress. */
  quiet(): Promise<void>
}

function served(server: Server | TlsServer, listener: RequestListener): Served {
  const sockets = new Set<Socket>()
  let active = 0
  let onQuiet = () => {}
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => {
    active += 1
    response.once('close', () => {
      active -= 1
      if (active === 0) onQuiet()
    })
    listener(request, response)
  })
  const quiet = () =>
    new Promise<void>(resolve => {
      onQuiet = resolve
      if (active === 0) resolve()
    })
  return { server, sockets, quiet }
}

async function drained({ server, sockets, quiet }: Served, withinMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), withinMs)
  // A connection without a request would hold up the end.
  void quiet().then(() => {
    for (const socket of sockets) socket.destroySoon()
  })
  await closed
  clearTimeout(timer)
}

function cannotListen(host: string, port: number, cause: unknown): OktaConnectError {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    return new OktaConnectError('callback_port_in_use', `Another program listens at ${host}:${port}.`, {
      hint: 'End it, or choose another port: --listen localhost:8081. Register its /login/callback with apps that people sign in to.',
      cause,
    })
  }
  return new OktaConnectError('options_invalid', `Nobody can listen at ${host}:${port} here (${code}).`, {
    hint: 'Choose another address: --listen localhost:8080',
    cause,
  })
}
