import type { Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'

/** Receives a sentence about clients that use another protocol, at most once a minute. */
export type Report = (message: string) => void

const reportIntervalMs = 60_000
const tlsHandshake = 0x16
const plainMessage = 'This port requires TLS: use https in the URL.'

/**
 * Answers clients that send HTTP to a port with TLS, and reports these and clients that send TLS to a port without it. Without
 * this, both sides see only a connection that was closed.
 */
export function answerOtherProtocols(server: Server | TlsServer, report: Report): void {
  const reportRateLimited = atMostOnceInAMinute(report)
  const sockets = new Map<string, Socket>()
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket)
    sockets.set(peer, socket)
    socket.once('close', () => sockets.delete(peer))
  })
  const responses = new WeakMap<Socket, Set<ServerResponse>>()
  server.on('request', ({ socket }, response) => {
    const open = responses.get(socket) ?? new Set()
    responses.set(socket, open.add(response))
    response.once('close', () => open.delete(response))
  })
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket: Socket) => {
    if (error.rawPacket?.[0] === tlsHandshake) {
      reportRateLimited('a client sent TLS to this port without TLS: use http in the URL, or configure tls')
    }
    // As Node does without a listener. Nothing is written into the response to an earlier request.
    const hasBegun = [...(responses.get(socket) ?? [])].some(({ headersSent }) => headersSent)
    if (error.code === 'ECONNRESET' || !socket.writable || hasBegun) return void socket.destroy()
    const status = statuses[error.code ?? ''] ?? '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy())
  })
  server.on('tlsClientError', (error: Error & { code?: string }, socket: Socket) => {
    if (error.code !== 'ERR_SSL_HTTP_REQUEST') return
    reportRateLimited('a client sent HTTP to this port with TLS: use https in the URL')
    // The socket of the event would encrypt the answer.
    sockets.get(peerOf(socket))?.write(httpResponse())
  })
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

function httpResponse(): string {
  const body = JSON.stringify({ error: 'invalid_request', error_description: plainMessage })
  const headers = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nCache-Control: no-store`
  return `HTTP/1.1 400 Bad Request\r\n${headers}\r\nConnection: close\r\n\r\n${body}`
}

// Anyone can send any bytes: the log must not grow with them.
function atMostOnceInAMinute(report: Report): Report {
  let last: number | undefined
  return message => {
    if (last !== undefined && performance.now() - last < reportIntervalMs) return
    last = performance.now()
    report(message)
  }
}
