import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { isOktaConnectError, OktaConnectError } from '../errors.js'

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  // How often Node checks these limits. Default: every 30 s.
  connectionsCheckingInterval: 1_000,
}
const maxIdleConnections = 100
// RFC 8446 §5.1: the first byte of a TLS connection.
const tlsHandshake = 22

const statusOf: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Uint8Array
}

/** What the servers call. */
interface Listeners {
  readonly onRequest: (redirectUri: URL) => RequestListener
  /** A client began a TLS handshake. */
  readonly onTls: (redirectUri: URL) => void
}

/**
 * Starts servers at the first redirect URI whose port is free, on every loopback address that a browser may choose.
 *
 * @throws {@link OktaConnectError} `callback_port_in_use`
 */
export async function listenAtFirstFree(redirectUris: readonly string[], listeners: Listeners) {
  const busy: OktaConnectError[] = []
  for (const redirectUri of redirectUris) {
    try {
      return { redirectUri, servers: await listenAt(new URL(redirectUri), listeners) }
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
      busy.push(error)
    }
  }
  throw portsInUse(redirectUris, busy)
}

// Listens on all addresses, or on none.
async function listenAt(redirectUri: URL, { onRequest, onTls }: Listeners): Promise<readonly Server[]> {
  const servers: Server[] = []
  try {
    // Every machine has the first address. The second one may be missing.
    for (const address of addressesOf(redirectUri)) {
      const server = createServer(limits, onRequest(redirectUri))
      limitIdleConnections(server)
      server.on('clientError', (error: ParseError, socket: Socket) => {
        if (error.rawPacket?.[0] === tlsHandshake) onTls(redirectUri)
        if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
        socket.end(`HTTP/1.1 ${statusOf[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`)
      })
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

/** Stops servers, and closes their connections. */
export function closeAll(servers: readonly Server[]): void {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
}

function portsInUse(redirectUris: readonly string[], busy: readonly OktaConnectError[]): OktaConnectError {
  const [first] = busy
  if (busy.length === 1 && first !== undefined) return first
  return new OktaConnectError('callback_port_in_use', busy.map(({ message }) => message).join(' '), {
    hint: `Stop a program that uses one of these ports, or register a redirect URI other than ${redirectUris.join(', ')} with the app, and use it.`,
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
    const port = redirectUri.port || '80'
    const where = `${address.includes(':') ? `[${address}]` : address}:${port}`
    const isDenied = code === 'EACCES' || code === 'EPERM'
    const problem = isDenied
      ? 'which this user is not allowed to use'
      : code === 'EADDRINUSE'
        ? 'which is in use'
        : 'which cannot be used'
    const fix = isDenied
      ? `${Number(port) < 1024 ? 'Ports below 1024 are privileged' : 'The system reserves the port'}. Register`
      : 'Stop the program that uses the port, or register'
    throw new OktaConnectError('callback_port_in_use', `The sign-in needs ${where}, ${problem} (${code}).`, {
      hint: `${fix} a redirect URI other than ${redirectUri.href} with the app, and use it.`,
      ...(!isDenied && { remedy: { id: 'change_redirect_uri', redirectUri: redirectUri.href } }),
      cause,
    })
  }
}
