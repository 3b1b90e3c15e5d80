import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'

const TLS_HANDSHAKE = 0x16

/**
 * Reports once that a client sent a TLS handshake to a plain HTTP port, or plain HTTP to an HTTPS port. Clients see only a
 * failed handshake or an empty response.
 */
export function reportWrongProtocol(server: Server, url: URL, onNotice: (notice: string) => void): void {
  let isReported = false
  const report = (sent: string, remedy: string) => {
    if (!isReported) onNotice(`A client sent an ${sent} request to ${url.origin}. ${remedy}`)
    isReported = true
  }
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket: Duplex) => {
    if (error.rawPacket?.[0] === TLS_HANDSHAKE) {
      report('HTTPS', 'Use http, or start the emulator with a certificate.')
    }
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
  server.on('tlsClientError', (error: Error & { code?: string }) => {
    if (error.code === 'ERR_SSL_HTTP_REQUEST') report('HTTP', 'Use https.')
  })
}
