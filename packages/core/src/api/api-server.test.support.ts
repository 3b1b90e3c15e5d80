import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '../connect.js'
import type { OktaSession } from '../session/okta-session.js'

/** An org whose API responds as a test needs it. */
export interface ApiServer {
  readonly origin: string
  /** The static API token of {@link session}. */
  readonly token: string
  readonly session: OktaSession
  respond: (request: IncomingMessage, response: ServerResponse) => unknown
  close(): Promise<void>
}

/** Starts an {@link ApiServer}. */
export async function startApiServer(): Promise<ApiServer> {
  const token = 'not-a-real-token'
  const server = createServer((request, response) => {
    if (request.url === '/api/v1/users/me') response.end('{}')
    else api.respond(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const api: ApiServer = {
    origin,
    token,
    session: await connect({ tenant: origin, apiToken: token }),
    respond: (_request, response) => response.end(),
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return api
}
