import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** An HTTP proxy that supports CONNECT (RFC 9110 §9.3.6) and records the target of each tunnel. */
export interface TunnelProxy extends AsyncDisposable {
  readonly url: string
  /** The host and port of each tunnel. */
  readonly tunnels: string[]
  /** The required credentials as `name:password`. `undefined`: none are required. */
  credentials: string | undefined
  /** The authentication schemes in the response to wrong credentials. */
  challenges: readonly string[]
}

/** Starts a {@link TunnelProxy}. */
export async function startTunnelProxy(): Promise<TunnelProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((_request, response) => void response.writeHead(405).end())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const proxy: TunnelProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels: [],
    credentials: undefined,
    challenges: [],
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    sockets.add(socket)
    if (proxy.credentials !== undefined && headers['proxy-authorization'] !== `Basic ${btoa(proxy.credentials)}`) {
      const headers = proxy.challenges.map(scheme => `Proxy-Authenticate: ${scheme}\r\n`).join('')
      socket.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${headers}\r\n`)
      return
    }
    proxy.tunnels.push(url)
    const { hostname, port } = new URL(`http://${url}`)
    const upstream = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    sockets.add(upstream)
    for (const end of [socket, upstream]) end.on('error', () => end.destroy())
  })
  return proxy
}
