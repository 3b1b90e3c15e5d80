import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { OktaConnectError, type OktaSession } from '@connect-okta/core'
import { adviceFor } from '../output/render-advice.js'
import { styled, type Terminal } from '../output/terminal.js'
import { forwardRequest, respondWith } from './forward-request.js'
import { hasProxyToken, newProxyToken } from './proxy-token.js'
import { requestTarget } from './request-target.js'

/** The local signing proxy: it sends the requests of programs on this machine to the org, with a valid token and a proof. */
export interface LocalProxy {
  /** Where programs reach it, an origin. */
  readonly url: URL
  /** The random token that each request needs, for this run only. */
  readonly token: string
  close(): void
}

/** An address of this machine that only its own programs reach. */
export interface LoopbackAddress {
  /** `localhost` is both addresses of this machine. */
  readonly host: 'localhost' | '127.0.0.1' | '[::1]'
  /** 0 is any free port. */
  readonly port: number
}

const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  // A body may be long: the limit for its response is in forward-request.ts.
  requestTimeout: 0,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
  requireHostHeader: true,
}
const maxConnections = 512

/**
 * Starts the proxy.
 *
 * @throws {@link OktaConnectError} `port_in_use`, `options_invalid` if this machine lacks the address
 */
export async function startProxy(
  session: OktaSession,
  { host, port }: LoopbackAddress,
  terminal: Terminal,
): Promise<LocalProxy> {
  const token = newProxyToken()
  const servers: Server[] = []
  let actual = port
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    traceRequest(request, response, terminal)
    void respond(request, response, { session, token, port: actual }, terminal)
  }
  const addresses = host === 'localhost' ? ['127.0.0.1', '::1'] : [host.replace(/^\[|\]$/g, '')]
  for (const address of addresses) {
    const server = createServer(limits, handle)
    server.maxConnections = maxConnections
    server.on('connect', rejectTunnel)
    server.on('checkExpectation', rejectExpectation)
    try {
      server.listen(actual, address)
      await once(server, 'listening')
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      // A machine without IPv6.
      if (servers.length > 0 && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue
      for (const opened of servers) opened.close()
      throw listenError(address, actual, code, cause)
    }
    actual = (server.address() as AddressInfo).port
    servers.push(server)
  }
  return {
    url: new URL(`http://${host}:${actual}`),
    token,
    close() {
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

interface RunningProxy {
  readonly session: OktaSession
  readonly token: string
  readonly port: number
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { session, token, port }: RunningProxy,
  terminal: Terminal,
): Promise<void> {
  const { orgUrl } = session
  const { method = 'GET', headers, url = '' } = request
  // First, so that only the holder of the token learns which org it is. The connection is closed, although its body may continue.
  if (!hasProxyToken(headers, token)) {
    const body = { error: 'invalid_token', error_description: 'Send the token that connect-okta proxy has printed.' }
    const challenge = { 'www-authenticate': 'Bearer realm="connect-okta proxy"' }
    return respondWith(response, 401, body, { ...challenge, connection: 'close' })
  }
  const hosts = request.headersDistinct.host ?? []
  const target = hosts.length > 1 ? undefined : requestTarget(url, headers.host, { orgUrl, port })
  if (target === undefined) {
    return respondWith(response, 421, {
      error: 'misdirected_request',
      error_description: `This proxy sends requests only to ${orgUrl.host}.`,
    })
  }
  // fetch rejects them.
  if (/^(TRACE|TRACK)$/i.test(method)) {
    return respondWith(response, 501, {
      error: 'unsupported_method',
      error_description: `This proxy does not send ${method} requests.`,
    })
  }
  await forwardRequest(request, response, target, session, problem =>
    terminal.info(styled('red', 'proxy:'), ` ${problem.message} ${adviceFor(problem)}`),
  )
}

// A client of an HTTP proxy sends it for an https URL. A tunnel would end at Okta, where this proxy could add no token.
function rejectTunnel(_request: IncomingMessage, socket: Duplex): void {
  const body = JSON.stringify({
    error: 'unsupported_method',
    error_description: 'Use http:// in the URL: connect-okta proxy itself uses TLS to Okta.',
  })
  const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`, 'Connection: close']
  socket.on('error', () => {})
  const head = ['HTTP/1.1 405 Method Not Allowed', 'Allow: GET, HEAD, POST, PUT, PATCH, DELETE', ...headers]
  // The server has no limits for the other half of such a connection.
  socket.end([...head, '', body].join('\r\n'), () => socket.destroy())
}

// RFC 9110 §10.1.1. Before its token is checked, so that the connection is closed.
function rejectExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const error_description = 'This proxy only supports the expectation 100-continue.'
  respondWith(response, 417, { error: 'unsupported_expectation', error_description }, { connection: 'close' })
}

// The query may contain personal data, the headers contain the token, and an absolute URL may contain a password.
function traceRequest(request: IncomingMessage, response: ServerResponse, { options, error, io }: Terminal): void {
  if (!options.verbose) return
  const startedAt = io.monotonicNow()
  const path = (request.url ?? '').replace(/[?#].*$/s, '').replace(/^(https?:\/\/)[^/]*@/i, '$1')
  response.once('close', () => {
    const status = response.writableFinished ? response.statusCode : 'incomplete'
    error(styled('dim', `proxy: ${request.method} ${path} ${status} (${Math.round(io.monotonicNow() - startedAt)} ms)`))
  })
}

function listenError(address: string, port: number, code: string | undefined, cause: unknown): OktaConnectError {
  if (code === 'EADDRINUSE') {
    return new OktaConnectError('port_in_use', `Another program is using port ${port}.`, {
      hint: 'Use another port, such as --listen localhost:0 for any free port.',
      cause,
    })
  }
  return new OktaConnectError('options_invalid', `Cannot listen on ${address}, port ${port} (${code}).`, {
    hint: 'Use --listen localhost:0 for any free port.',
    cause,
  })
}
