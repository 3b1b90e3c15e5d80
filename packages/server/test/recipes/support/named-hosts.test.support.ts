import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'

/** HTTPS hosts by name, without DNS: processes reach them through a proxy of this machine. */
export interface NamedHosts extends AsyncDisposable {
  /** The environment variables for a process that is to reach the hosts. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Starts a proxy that ends TLS for each host, and passes the requests on to a port of this machine.
 *
 * @param ports the port of each host
 */
export async function startNamedHosts(ports: Readonly<Record<string, number>>): Promise<NamedHosts> {
  const folder = await mkdtemp(join(tmpdir(), 'hosts-'))
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const names = `subjectAltName=${Object.keys(ports).map(name => `DNS:${name}`)}`
  const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
  const request = ['req', '-x509', ...ecKey, '-out', certificate, '-days', '1', '-subj', '/CN=hosts', '-addext', names]
  execFileSync('openssl', request, { stdio: 'ignore' })
  const tls = { isServer: true, key: await readFile(key), cert: await readFile(certificate) }

  const sockets = new Set<Socket>()
  const proxy = createServer((_request, response) => response.writeHead(405).end())
  proxy.on('connection', socket => sockets.add(socket))
  proxy.on('connect', ({ url = '' }, socket: Socket) => {
    const [name = ''] = url.split(':')
    const port = ports[name]
    if (port === undefined) return socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    const secure = new TLSSocket(socket, tls)
    const upstream = connect(port, '127.0.0.1')
    for (const one of [secure, upstream]) one.on('error', () => socket.destroy())
    secure.pipe(upstream).pipe(secure)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return {
    env: { HTTPS_PROXY: address, NO_PROXY: 'localhost,127.0.0.1', NODE_EXTRA_CA_CERTS: certificate },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
